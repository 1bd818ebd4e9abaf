#!/usr/bin/env bash
# Trains with five seeds for each line of METHOD TARGET SOURCES PRESET [OPTIONS...] on standard input (sources separated by commas, or -
# for none), and prints a table of the mean and standard deviation of nDCG@10 and HR@10 on test.
#
#   bench/accuracy.sh DIRECTORY_OF_MARKETS < bench/accuracy.txt
set -euo pipefail
. "$(dirname "$0")/forec.sh"

echo "| method | target | sources | preset | nDCG@10 | HR@10 |"
echo "| :-- | :-- | :-- | :-- | --: | --: |"
while read -r method target sources preset options; do
  from=()
  [ "$sources" = - ] || from=(--source "$sources")
  for seed in 1 2 3 4 5; do
    "$forec" train --data "$data" --method "$method" --target "$target" "${from[@]}" --preset "$preset" \
      $options --seed "$seed" --quiet --json "$json" > /dev/null # options are words
    sed -n '/"test"/,/}/{s/.*"ndcg@10": \([0-9.]*\).*/n \1/p; s/.*"hr@10": \([0-9.]*\).*/h \1/p}' "$json"
  done | awk -v row="| $method | $target | $sources | $preset${options:+ $options} |" '
    { n[$1]++; sum[$1] += $2; square[$1] += $2 * $2 }
    function deviation(k) { return sqrt((square[k] - sum[k] * sum[k] / n[k]) / (n[k] - 1)) }
    END { printf "%s %.3f ± %.3f | %.3f ± %.3f |\n", row, sum["n"] / n["n"], deviation("n"), sum["h"] / n["h"], deviation("h") }'
done
