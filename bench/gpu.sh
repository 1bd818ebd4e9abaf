#!/usr/bin/env bash
# Tests and measures the engine on a GPU, on a machine with an NVIDIA driver and python3 with torch, but without .NET and network.
#
#   bench/gpu.sh pack [FILE]   here: builds the tool and the GPU tests, and packs them with this machine's .NET runtime
#   bench/gpu.sh run [FILE]    there: runs the tests, then the measures, in at most four minutes
#
# FILE is bench/bin/gpu.tar.gz by default; git ignores it. Every measure prints its result at once and has a time limit. The table with all
# ratios and their targets comes last. A step is `batch` samples, for every library. The engine's steps are those of all epochs but the
# first one, which compiles the kernels; sampling is included. Environment:
#
#   DEVICE     cuda, or opencl, to try the script (default: cuda; PyTorch runs on cuda, otherwise on the processor)
#   SCALE      a factor on the sizes of ca and uk (default: 1)
#   US_SCALE   below 1: in place of us, a market of this factor on the size of ca (default: 1)
#   BIG_BATCH  the batch size on us (default: 65536)
#   LIMIT      the seconds for everything (default: 235), and TEST_SECONDS those for the tests (default: 75)
set -euo pipefail
cd "$(dirname "$0")/.."
mode=${1:-} file=$(realpath -m "${2:-bench/bin/gpu.tar.gz}")

size() { stat -c %s "$1"; }
require_less() { # require_less NAME BYTES MEGABYTES
  echo "$1: $(($2 / 1000000)) MB"
  (($2 < $3 * 1000000)) || { echo "$1 is larger than $3 MB" >&2; exit 1; }
}

pack() {
  local sdk version
  bundle=$(mktemp -d) # not local: the trap removes it
  trap 'rm -rf "$bundle"' EXIT
  for project in src/ForecEngine.Cli tests/ForecEngine.Kernels.Gpu.Tests; do
    dotnet build -c Release "$project" --nologo -v quiet >&2
  done
  # The runtime that built and tested them, once for both programs. Programs find it by DOTNET_ROOT.
  sdk=$(dirname "$(readlink -f "$(command -v dotnet)")")
  version=$(cd "$sdk/shared/Microsoft.NETCore.App" && printf '%s\n' 10.* | sort -V | tail -1)
  mkdir -p "$bundle/dotnet/host/fxr" "$bundle/dotnet/shared/Microsoft.NETCore.App" "$(dirname "$file")"
  cp -r "$sdk/host/fxr/$version" "$bundle/dotnet/host/fxr/"
  cp -r "$sdk/shared/Microsoft.NETCore.App/$version" "$bundle/dotnet/shared/Microsoft.NETCore.App/"
  cp -r src/ForecEngine.Cli/bin/Release/net10.0 "$bundle/forec"
  find "$bundle" \( -name '*.pdb' -o -name '*.xml' \) -delete
  tar -C "$bundle" -czf "$file" dotnet forec
  require_less "the tool" "$(size "$file")" 50
  cp -r tests/ForecEngine.Kernels.Gpu.Tests/bin/Release/net10.0 "$bundle/tests"
  find "$bundle/tests" \( -name '*.pdb' -o -name '*.xml' \) -delete
  tar -C "$bundle" -czf "$file" dotnet forec tests
  require_less "the tool and the tests" "$(size "$file")" 64

  echo "trying them without the SDK"
  local alone=(env -i PATH=/usr/bin:/bin "DOTNET_ROOT=$bundle/dotnet")
  "${alone[@]}" "$bundle/forec/forec" generate --scale 0.02 --markets ca,uk --out "$bundle/data" --quiet > /dev/null
  for verb in train profile; do
    "${alone[@]}" "$bundle/forec/forec" "$verb" --data "$bundle/data" --method nmf++ --target ca --source uk --epochs 1 --quiet > /dev/null
  done
  "${alone[@]}" "$bundle/tests/ForecEngine.Kernels.Gpu.Tests" -noColor -list classes > /dev/null
  echo "$file"
}

device=${DEVICE:-cuda} limit=${LIMIT:-235} batch=${BIG_BATCH:-65536}
declare -A figures

# limited SECONDS COMMAND...: runs a command for at most that long, and within what is left of the limit for everything.
limited() {
  local most=$1 left=$((limit - SECONDS))
  shift
  ((most < left)) || most=$left
  if ((most < 3)); then
    echo "no time left for: $*" >&2
    return 124
  fi
  timeout -k 2 "$most" "$@"
}

# The seconds of the last phase's epoch and the microseconds of a step, from the JSON of a training.
epoch_of() {
  python3 -c '
import json, sys
stage = json.load(open(sys.argv[1]))["stages"][-1]
epochs, first = stage["epochs"], stage["first_epoch_seconds"]
seconds = first if epochs == 1 else (stage["seconds"] - first) / (epochs - 1)
step = 1e6 * seconds * int(sys.argv[2]) / (stage["samples"] / epochs)
print(f"{seconds:.6f} {step:.2f}")' "$1" "$2"
}

# engine NAME SECONDS BATCH OPTIONS...: trains with the tool, and keeps figures[NAME] in microseconds and figures[NAME-epoch] in seconds.
engine() {
  local name=$1 most=$2 size=$3 started=$SECONDS log=$work/$1.log
  shift 3
  if limited "$most" "$forec" train "$@" --batch-size "$size" --hold-out none --quiet --json "$work/$name.json" > "$log" 2>&1; then
    read -r "figures[$name-epoch]" "figures[$name]" <<< "$(epoch_of "$work/$name.json" "$size")"
    echo "$name: ${figures[$name]} us/step, ${figures[$name-epoch]} s/epoch (took $((SECONDS - started)) s)"
  else
    echo "$name: failed or out of time after $((SECONDS - started)) s: $(tail -2 "$log" | tr '\n' ' ')"
  fi
}

# peer PREFIX SECONDS OPTIONS...: measures PyTorch, and keeps figures[PREFIX-KIND].
peer() {
  local prefix=$1 most=$2 started=$SECONDS line on=cpu
  shift 2
  [ "$device" != cuda ] || on=cuda
  limited "$most" python3 -W ignore bench/Peers/nmf_cuda.py --data "$work/data" --device "$on" "$@" \
    > "$work/$prefix.jsonl" 2> "$work/$prefix.log" \
    || echo "$prefix: PyTorch failed or out of time after $((SECONDS - started)) s: $(tail -1 "$work/$prefix.log")"
  while read -r line; do
    echo "$prefix: $line"
    read -r kind value <<< "$(python3 -c 'import json, sys; r = json.loads(sys.argv[1]); print(r["kind"], r.get("us", ""))' "$line")"
    figures[$prefix-$kind]=$value
  done < "$work/$prefix.jsonl"
}

tests() {
  local started=$SECONDS
  limited "${TEST_SECONDS:-75}" "$work/tests/ForecEngine.Kernels.Gpu.Tests" -noColor -verbose -class- '*PtxCompilerTests' \
    > "$work/tests.log" 2>&1 \
    || echo "the tests failed or ran out of time"
  grep -A 5 -F '[FAIL]' "$work/tests.log" | cut -c1-200 | head -40 || true
  grep -F 'Total:' "$work/tests.log" || true
  echo "tests: $(grep -cF '[FINISHED]' "$work/tests.log") finished, $((SECONDS - started)) s"
}

# The large market: of the size of us, or for a trial a small one under its name.
large_market() {
  if [ "${US_SCALE:-1}" = 1 ]; then
    "$forec" generate --like us --out "$work/data" --quiet > /dev/null
  else
    "$forec" generate --markets ca --scale "$US_SCALE" --out "$work/large" --quiet > /dev/null
    mv "$work/large/ca_5core.txt" "$work/data/us.txt"
  fi
}

on_cpu() {
  engine "cpu-$batch" 60 "$batch" --data "$work/data" --method nmf --target us --adam lazy --epochs 1 --device cpu --threads 2
  engine cpu-maml 30 1024 --data "$work/data" --method maml --target ca --source uk --epochs 3 --device cpu --threads 2
}

# ratio TEXT ABOVE BELOW TARGET: a row of the table.
ratio() {
  awk -v text="$1" -v a="${figures[$2]:-}" -v b="${figures[$3]:-}" -v target="$4" '
    function shown(x) { return x == "" ? "-" : sprintf("%.1f", x) }
    BEGIN {
    if (a == "" || b == "") printf "| %s | %s | %s | not measured | %sx |\n", text, shown(a), shown(b), target
    else printf "| %s | %.1f | %.1f | %.1fx %s | %sx |\n", text, a, b, a / b, (a / b >= target ? "reached" : "MISSED"), target
  }'
}

run() {
  SECONDS=0
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  tar -C "$work" -xzf "$file"
  export DOTNET_ROOT=$work/dotnet DOTNET_CLI_TELEMETRY_OPTOUT=1
  forec=$work/forec/forec
  "$forec" devices | cut -c1-140
  nvidia-smi --query-gpu=name,driver_version,clocks.sm --format=csv,noheader 2> /dev/null || true
  "$forec" generate --markets ca,uk --scale "${SCALE:-1}" --out "$work/data" --quiet > /dev/null
  if (($(nproc) >= 8)); then # enough for the tests and for the two threads of the processor's measures
    tests > "$work/tests.out" 2>&1 &
    large_market
    on_cpu
    wait $! || true
    cat "$work/tests.out"
  else
    tests
    large_market
    on_cpu
  fi
  echo "after $SECONDS s: the GPU's measures"
  local small=(--data "$work/data" --method nmf++ --target ca --source uk --device "$device")
  engine gpu-1024 30 1024 "${small[@]}" --epochs 25
  peer torch-1024 45 --markets ca,uk --batch 1024 --kinds eager,graphs
  engine "gpu-$batch" 40 "$batch" --data "$work/data" --method nmf --target us --adam lazy --epochs 3 --device "$device"
  engine gpu-us 45 1024 --data "$work/data" --method nmf --target us --adam lazy --epochs 2 --device "$device"
  engine gpu-maml 30 1024 --data "$work/data" --method maml --target ca --source uk --epochs 3 --device "$device"
  peer "torch-$batch" 50 --markets us --batch "$batch" --kinds sparse,graphs,eager,sparse-graphs
  echo "after $SECONDS s: the table"
  echo
  echo "| microseconds a step, the engine on $device | other | engine | ratio | target |"
  echo "| :-- | --: | --: | --: | --: |"
  ratio "nmf++ on ca with uk, batch 1024: PyTorch eager" torch-1024-eager gpu-1024 25
  ratio "nmf++ on ca with uk, batch 1024: PyTorch CUDA graphs" torch-1024-graphs gpu-1024 6
  ratio "nmf on us, batch $batch, lazy Adam: PyTorch eager, SparseAdam" "torch-$batch-sparse" "gpu-$batch" 3
  ratio "nmf on us, batch $batch, lazy Adam: PyTorch CUDA graphs, dense Adam" "torch-$batch-graphs" "gpu-$batch" 3
  ratio "nmf on us, batch $batch, lazy Adam: the engine on cpu, 2 threads" "cpu-$batch" "gpu-$batch" 40
  ratio "maml on ca with uk: the engine on cpu, 2 threads" cpu-maml gpu-maml 3
  echo
  echo "an epoch of nmf's last phase on us, batch 1024, lazy Adam: ${figures[gpu-us-epoch]:-not measured} s (target: below 1 s)"
  echo "The graphs at the large batch have dense Adam: SparseAdam reads sizes back in every step (see sparse-graphs above)."
}

case $mode in
  pack) pack ;;
  run) run ;;
  *) sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p}' "$0" >&2; exit 2 ;;
esac
