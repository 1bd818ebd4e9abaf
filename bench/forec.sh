# The common start of the scripts in this directory, which source it. It sets $data to the directory of markets, the scripts' first
# argument, changes to the repository's root, builds the tool $forec, and makes a temporary file $json, which is removed at the end.
data=$(realpath "$1")
cd "$(dirname "$0")/.."
dotnet build -c Release src/ForecEngine.Cli --nologo -v quiet >&2
forec=src/ForecEngine.Cli/bin/Release/net10.0/forec
json=$(mktemp)
trap 'rm -f "$json"' EXIT
