# Sourced by the scripts that compare two rates. Both are measured in pairs and in alternating order, so that a drift of the machine's speed
# affects both. Prints each pair and its ratio, then the median ratio with the 95 % interval from order statistics (for 15 pairs the 4th to
# the 12th).

# Samples a second of a training: rate FOREC OPTIONS...
rate() {
  "$1" train --data "$data" "${@:2}" --quiet --json "$json" > /dev/null
  sed -n 's/.*"samples_per_second": \([0-9.]*\).*/\1/p' "$json"
}

# compare PAIRS: calls the functions ours and theirs of the sourcing script, each of which prints a rate.
compare() {
  local pair a b
  for ((pair = 1; pair <= $1; pair++)); do
    if ((pair % 2)); then
      a=$(ours) b=$(theirs)
    else
      b=$(theirs) a=$(ours)
    fi
    echo "$a $b"
  done | awk '{ printf "%.0f %.0f %.3f\n", $1, $2, $1 / $2; fflush() }' | tee >(cat >&2) | LC_ALL=C sort -n -k3 | awk '
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
}
