#!/usr/bin/env bash
# Prints a table of nDCG@10 on test for each method and protocol: a row a method and protocol, a column a market of a directory, and their
# mean. All other markets are the sources, or with METHOD=M,N the first of these that is not the target. The preset is tuned, so that only
# the protocol differs; with XMarket's files, where all users have seven rows or more, its own protocol is that of the paper. Stages that
# runs share are trained once (--cache).
#
#   bench/protocols.sh DIRECTORY_OF_MARKETS METHOD[=SOURCE,SOURCE]...
set -euo pipefail
. "$(dirname "$0")/forec.sh"
methods=("${@:2}")
[ "${#methods[@]}" -gt 0 ] || { echo "usage: bench/protocols.sh DIRECTORY_OF_MARKETS METHOD[=SOURCE,SOURCE]..." >&2; exit 2; }
cache=$(mktemp -d)
trap 'rm -rf "$cache" "$json"' EXIT
read -ra markets <<< "$(cd "$data" && printf '%s\n' *_5core.txt | sed 's/_5core.txt$//' | xargs)"

# Methods that train on the target alone refuse sources, unless the candidates are items of all markets.
train() {
  local others
  case $1 in
    *=*) others=$(tr , '\n' <<< "${1#*=}" | grep -vx "$2" | head -1) ;;
    *) others=$(printf '%s\n' "${markets[@]}" | grep -vx "$2" | paste -sd,) ;;
  esac
  local line=(train --data "$data" --method "${1%=*}" --target "$2" --cache "$cache" --quiet --json "$json" "${@:3}") status=0
  "$forec" "${line[@]}" --source "$others" > /dev/null 2>&1 || status=$?
  [ "$status" -ne 2 ] || { "$forec" "${line[@]}" > /dev/null; return; }
  return "$status"
}

echo "| method | protocol |$(printf ' %s |' "${markets[@]}" mean)"
echo "| :-- | :-- |$(printf ' --: |%.0s' "${markets[@]}" mean)"
for method in "${methods[@]}"; do
  for protocol in "--protocol paper" "--protocol authors-code" "--protocol ecir23" "--order random" "--candidate-pool all-markets" \
    "--protocol acmr" "--history train+valid" "--candidates-from all" "--protocol deploy"; do
    for market in "${markets[@]}"; do
      train "$method" "$market" $protocol # options are words
      sed -n '/^  "test"/,/}/s/.*"ndcg@10": \([0-9.eE+-]*\).*/\1/p' "$json"
    done | awk -v row="| ${method%=*} | \`$protocol\` |" '
      { row = row sprintf(" %.3f |", $1); sum += $1 }
      END { printf "%s %.3f |\n", row, sum / NR }'
  done
done
