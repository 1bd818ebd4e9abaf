#!/usr/bin/env bash
# Compares the speed of a number of threads with that of one: samples a second of the same training.
#
#   bench/threads.sh DIRECTORY_OF_MARKETS THREADS PAIRS TRAIN_OPTIONS...
#   bench/threads.sh xmarket 2 15 --method nmf++ --target ca --source uk --preset paper
set -euo pipefail
. "$(dirname "$0")/pairs.sh"
. "$(dirname "$0")/forec.sh"
threads=$2 pairs=$3
shift 3
options=("$@")
ours() { rate "$forec" "${options[@]}" --threads "$threads"; }
theirs() { rate "$forec" "${options[@]}" --threads 1; }
compare "$pairs"
