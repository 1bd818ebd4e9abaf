#!/usr/bin/env bash
# For each market file NAME_5core.txt, prints the share of the users with seven rows or more whose last item is also among their
# earlier items.
#
#   bench/repeats.sh DIRECTORY_OF_MARKETS
set -euo pipefail
for file in "$1"/*_5core.txt; do
  tail -n +2 "$file" | awk '{ print $1, $4, NR, $2 }' | LC_ALL=C sort -k1,1 -k2,2 -k3,3n | awk -v file="$(basename "$file")" '
    function end() { if (rows >= 7) { users++; again += items[last] > 1 } }
    $1 != user { end(); delete items; rows = 0; user = $1 }
    { items[$4]++; last = $4; rows++ }
    END { end(); printf "%s %.1f %%\n", file, 100 * again / users }'
done
