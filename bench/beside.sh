#!/usr/bin/env bash
# Compares the speed of two builds of the tool. Both run the same training in pairs and in alternating order, so that a drift of the
# machine's speed affects both. Prints each pair's ratio of samples a second, this tree to the other, then the median ratio with the
# 95 % interval from order statistics (for 15 pairs the 4th to the 12th).
#
#   bench/beside.sh DIRECTORY_OF_MARKETS OTHER_FOREC PAIRS TRAIN_OPTIONS...
#   bench/beside.sh xmarket ../old/src/ForecEngine.Cli/bin/Release/net10.0/forec 15 \
#     --method nmf++ --target ca --source uk --preset paper --epochs 3
set -euo pipefail
. "$(dirname "$0")/forec.sh"
other=$2 pairs=$3
shift 3

rate() {
  "$1" train --data "$data" "${@:2}" --quiet --json "$json" > /dev/null
  sed -n 's/.*"samples_per_second": \([0-9.]*\).*/\1/p' "$json"
}

for ((pair = 1; pair <= pairs; pair++)); do
  if ((pair % 2)); then
    ours=$(rate "$forec" "$@") theirs=$(rate "$other" "$@")
  else
    theirs=$(rate "$other" "$@") ours=$(rate "$forec" "$@")
  fi
  echo "$ours $theirs"
done | awk '{ printf "%.0f %.0f %.3f\n", $1, $2, $1 / $2; fflush() }' | tee /dev/stderr | LC_ALL=C sort -n -k3 | awk '
  { ratio[NR] = $3 }
  # The rank of the lower end of the interval: fewer successes in n fair tosses have a probability of at most 2.5 %.
  function rank(n,   k, term, sum) {
    term = 0.5 ^ n
    for (k = 0; sum + term <= 0.025; k++) { sum += term; term *= (n - k) / (k + 1) }
    return k > 0 ? k : 1
  }
  END {
    low = rank(NR); middle = NR % 2 ? ratio[(NR + 1) / 2] : (ratio[NR / 2] + ratio[NR / 2 + 1]) / 2
    printf "median ratio %.3f, interval %.3f to %.3f, %d pairs\n", middle, ratio[low], ratio[NR + 1 - low], NR
  }'
