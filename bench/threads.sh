#!/usr/bin/env bash
# Compares the speed of a number of threads with that of one: samples a second of the same training. On a virtual machine the result
# depends on where its processors run, so the round trip of a cache line between two of them is printed before and after.
#
#   bench/threads.sh DIRECTORY_OF_MARKETS THREADS PAIRS TRAIN_OPTIONS...
#   bench/threads.sh xmarket 2 15 --method nmf++ --target ca --source uk --preset paper
set -euo pipefail
. "$(dirname "$0")/pairs.sh"
. "$(dirname "$0")/forec.sh"
dotnet build -c Release bench/ForecEngine.Bench --nologo -v quiet >&2
threads=$2 pairs=$3
shift 3
options=("$@")
ours() { rate "$forec" "${options[@]}" --threads "$threads"; }
theirs() { rate "$forec" "${options[@]}" --threads 1; }
round_trip() { echo "round trip $(dotnet bench/ForecEngine.Bench/bin/Release/net10.0/ForecEngine.Bench.dll round-trip) ns"; }
round_trip
compare "$pairs"
round_trip
