#!/usr/bin/env bash
# Prints nDCG@10 on test for each method on every market of a directory: among all items, then among 99 sampled ones. For methods that take
# sources, all other markets are the sources; joint phases are trained once for all targets (--cache). A method may have options:
#
#   bench/baselines.sh DIRECTORY_OF_MARKETS pop ease "itemknn++ --recency-decay 0.8 --recency-floor 0.1" forec+
set -euo pipefail
. "$(dirname "$0")/forec.sh"
methods=("${@:2}")
[ "${#methods[@]}" -gt 0 ] || { echo "usage: bench/baselines.sh DIRECTORY_OF_MARKETS METHOD..." >&2; exit 2; }
read -ra markets <<< "$(cd "$data" && printf '%s\n' *_5core.txt | sed 's/_5core.txt$//' | xargs)"
cache=$(mktemp -d)
trap 'rm -rf "$cache" "$json"' EXIT

echo "| method | among |$(printf ' %s |' "${markets[@]}" mean)"
echo "| :-- | :-- |$(printf ' --: |%.0s' "${markets[@]}" mean)"
for method in "${methods[@]}"; do
  read -ra words <<< "$method"
  for market in "${markets[@]}"; do
    others=$(printf '%s\n' "${markets[@]}" | grep -vx "$market" | paste -sd,)
    sources=()
    case ${words[0]} in *+) sources=(--source "$others") ;; esac
    "$forec" train --data "$data" --target "$market" "${sources[@]}" --method "${words[@]}" --cache "$cache" --quiet \
      --json "$json" > /dev/null
    for part in test_all_items test; do
      echo "$part $(sed -n "/^  \"$part\"/,/}/s/.*\"ndcg@10\": \([0-9.eE+-]*\).*/\1/p" "$json")"
    done
  done | awk -v name="$method" '
    { row[$1] = row[$1] sprintf(" %.3f |", $2); sum[$1] += $2; count[$1]++ }
    END {
      printf "| %s | all items |%s %.3f |\n", name, row["test_all_items"], sum["test_all_items"] / count["test_all_items"]
      printf "| | 99 sampled |%s %.3f |\n", row["test"], sum["test"] / count["test"]
    }'
done
