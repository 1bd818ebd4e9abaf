#!/usr/bin/env bash
# Measures how well the two criteria of --source auto, the order before training and the order of pilot runs, predict the best source.
# For each target, nmf++ is trained with every other market as the single source (test nDCG@10, mean over seeds 1 to 3). The table has
# the best source, the nDCG@10 lost by a random source and by the first source of each order, and each order's rank correlation with
# the results.
#
#   bench/sources.sh DIRECTORY_OF_MARKETS "TARGET ..." [PILOT_EPOCHS]
set -euo pipefail
. "$(dirname "$0")/forec.sh"
markets=$(basename -a -s _5core.txt "$data"/*_5core.txt)

train() { "$forec" train --data "$data" --method nmf++ --preset paper "$@" --quiet --json "$json" > /dev/null; }

echo "| target | best source | its nDCG@10 | lost by a random source | by the order before training | by the pilots" \
  "| correlation before training | of the pilots |"
echo "| :-- | :-- | --: | --: | --: | --: | --: | --: |"
for target in $2; do
  for seed in 1 2 3; do
    train --target "$target" --source auto --pilots 99 --pilot-epochs "${3:-5}" --seed "$seed"
    sed -n 's/.*"\(market\|mean_rank\|pilot_ndcg@10\)": "\?\([^",]*\).*/\1 \2/p' "$json"
    for source in $markets; do
      [ "$source" != "$target" ] || continue
      train --target "$target" --source "$source" --seed "$seed"
      sed -n "/\"test\"/,/}/s/.*\"ndcg@10\": \([0-9.]*\).*/test $source \1/p" "$json"
    done
  done | awk -v target="$target" '
    $1 == "market" { market = $2 }
    $1 == "mean_rank" { prior[market] = -$2 }
    $1 == "pilot_ndcg@10" { pilot[market] = pilot[market] " " $2 }
    $1 == "test" { test[$2] += $3 / 3 }
    function rank(of, m,    other, r) {
      r = 0.5
      for (other in of) r += of[other] > of[m] ? 1 : of[other] == of[m] ? 0.5 : 0
      return r
    }
    function correlation(of,    m, n, mean, x, y, xy, xx, yy) {
      for (m in of) n++
      mean = (n + 1) / 2
      for (m in of) { x = rank(of, m) - mean; y = rank(test, m) - mean; xy += x * y; xx += x * x; yy += y * y }
      return xy / sqrt(xx * yy)
    }
    function lost(of,    m, first) {
      for (m in of) if (first == "" || of[m] > of[first] || of[m] == of[first] && m < first) first = m
      return test[best] - test[first]
    }
    END {
      for (m in test) { n++; sum += test[m]; if (best == "" || test[m] > test[best]) best = m }
      for (seed = 1; seed <= 3; seed++) {
        for (m in pilot) { split(pilot[m], scores, " "); once[m] = scores[seed] + 0 }
        lostByPilots += lost(once) / 3
        pilots += correlation(once) / 3
      }
      printf "| %s | %s | %.3f | %.3f | %.3f | %.3f | %.2f | %.2f |\n",
        target, best, test[best], test[best] - sum / n, lost(prior), lostByPilots, correlation(prior), pilots
    }'
done
