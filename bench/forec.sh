# What the scripts beside it begin with, sourced with their first argument: $data, the markets, and the repository's root as the
# current directory; $forec, the tool, built; $json, a file for what it tells, removed at the end.
data=$(realpath "$1")
cd "$(dirname "$0")/.."
dotnet build -c Release src/ForecEngine.Cli --nologo -v quiet >&2
forec=src/ForecEngine.Cli/bin/Release/net10.0/forec
json=$(mktemp)
trap 'rm -f "$json"' EXIT
