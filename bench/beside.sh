#!/usr/bin/env bash
# Compares the speed of two builds of the tool, in samples per second of the same training: this tree's divided by the other's.
#
#   bench/beside.sh DIRECTORY_OF_MARKETS OTHER_FOREC PAIRS TRAIN_OPTIONS...
#   bench/beside.sh xmarket ../old/src/ForecEngine.Cli/bin/Release/net10.0/forec 15 \
#     --method nmf++ --target ca --source uk --preset paper --epochs 3
set -euo pipefail
other=$(realpath "$2")
. "$(dirname "$0")/pairs.sh"
. "$(dirname "$0")/forec.sh"
pairs=$3
shift 3
options=("$@")
ours() { rate "$forec" "${options[@]}"; }
theirs() { rate "$other" "${options[@]}"; }
compare "$pairs"
