#!/usr/bin/env bash
# Test nDCG@10 of methods on targets, preset paper, seed 42: each other market as the single source, and the mean over them.
#
#   bench/pairwise.sh DIRECTORY_OF_MARKETS "METHOD ..." "TARGET ..."
set -euo pipefail
. "$(dirname "$0")/forec.sh"

markets=$(basename -a -s _5core.txt "$data"/*_5core.txt)
echo "| method | target |" $(printf '%s | ' $markets) "mean |"
echo "| :-- | :-- |" $(for _ in $markets; do echo "--: |"; done) "--: |"
for target in $3; do
  for method in $2; do
    for source in $markets; do
      [ "$source" = "$target" ] && { echo -; continue; }
      "$forec" train --data "$data" --method "$method" --target "$target" --source "$source" \
        --preset paper --quiet --json "$json" > /dev/null
      sed -n '/"test"/,/}/s/.*"ndcg@10": \([0-9.]*\).*/\1/p' "$json"
    done | awk -v row="| $method | $target |" '
      $1 == "-" { row = row " - |"; next }
      { row = row sprintf(" %.3f |", $1); sum += $1; n++ }
      END { printf "%s %.3f |\n", row, sum / n }'
  done
done
