#!/usr/bin/env bash
# Assembles the PTX of all kernels with NVIDIA's ptxas, for sm_80 and sm_90 and with ILGPU's optimiser at O1 and O2, and prints each
# kernel's registers, shared memory and spills, and the instructions of its innermost loops. It needs no GPU. It fails if a kernel spills.
#
#   bench/ptx.sh [NAME...]      (without names: the kernels of the fused step, the update, the sort and the samples; all are assembled)
#
# ptxas and nvdisasm are those of Debian 13's package nvidia-cuda-toolkit, unpacked into FOREC_PTX_ROOT (default: in the temporary folder)
# at the first call from the mirror that this machine's apt uses, or those on the PATH.
set -euo pipefail
cd "$(dirname "$0")/.."
root=${FOREC_PTX_ROOT:-${TMPDIR:-/tmp}/forec-ptx}
if ! { command -v ptxas && command -v nvdisasm; } > /dev/null; then
  if [ ! -x "$root/usr/bin/ptxas" ]; then
    mirror=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' 'Origin: Debian' 'Label: Debian' | head -1)
    mkdir -p "$root/apt/lists/partial" "$root/apt/cache/archives/partial"
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror trixie non-free" > "$root/apt/sources.list"
    apt=(apt-get -o "Dir::Etc::sourcelist=$root/apt/sources.list" -o Dir::Etc::sourceparts=/dev/null
      -o "Dir::State::lists=$root/apt/lists" -o "Dir::Cache=$root/apt/cache")
    "${apt[@]}" update >&2
    (cd "$root" && "${apt[@]}" download nvidia-cuda-toolkit >&2)
    dpkg-deb -x "$root"/nvidia-cuda-toolkit_*.deb "$root"
  fi
  PATH=$PATH:$root/usr/bin
fi

dotnet build -c Release tests/ForecEngine.Kernels.Gpu.Tests --nologo -v quiet >&2
ptx=$(mktemp -d)
trap 'rm -rf "$ptx"' EXIT
FOREC_PTX=$ptx tests/ForecEngine.Kernels.Gpu.Tests/bin/Release/net10.0/ForecEngine.Kernels.Gpu.Tests \
  -noColor -explicit only -method '*FOREC_PTX' >&2

# Innermost loops of SASS, in the order of the code: multiply-adds, loads from shared memory, loads from global memory and all instructions.
loops() {
  awk '
    match($0, /^\.L_[A-Za-z0-9_]+:/) { label[substr($0, 1, RLENGTH - 1)] = n + 1; next }
    match($0, /\/\*[0-9a-f]+\*\/ +[^;]*;/) {
      n++; is[n, "all"] = 1
      is[n, "fma"] = / FFMA/; is[n, "shared"] = / LDS/; is[n, "global"] = / LDG| LD\./
      if ($0 ~ / BRA / && match($0, /\.L_[A-Za-z0-9_]+/)) {
        to = substr($0, RSTART, RLENGTH)
        if (to in label && label[to] < n) { first[++loops] = label[to]; last[loops] = n }
      }
    }
    function count(loop, what,   i, sum) { for (i = first[loop]; i <= last[loop]; i++) sum += is[i, what]; return sum + 0 }
    END {
      for (a = 1; a <= loops; a++) {
        inner = 1
        for (b = 1; b <= loops; b++) if (b != a && first[b] >= first[a] && last[b] <= last[a]) inner = 0
        if (inner && count(a, "fma") >= 16)
          text = text (text == "" ? "" : ", ") count(a, "fma") "/" count(a, "shared") "/" count(a, "global") "/" count(a, "all")
      }
      print text == "" ? "-" : text
    }'
}

# A loop is multiply-adds/loads from shared memory/loads from global memory/all instructions.
names=" ${*:-Train Visit Score Update<Adam> SortRows SortStep MergeChunk TakeSamples Draw} "
echo "| kernel | architecture | ILGPU | registers | shared memory, bytes | spilled, bytes | loops |"
echo "| :-- | :-- | :-- | --: | --: | --: | :-- |"
spills=0
for file in "$ptx"/*/*/*.ptx; do
  kernel=$(basename "$file" .ptx) level=$(basename "$(dirname "$file")") architecture=$(basename "$(dirname "$(dirname "$file")")")
  # ILGPU declares a version that this ptxas does not know yet.
  sed -i 's/^\.version .*/.version 7.8/' "$file"
  log=$(ptxas -v -arch="$architecture" -o "$ptx/cubin" "$file" 2>&1) || { echo "$kernel, $architecture, $level: $log" >&2; exit 1; }
  figure() { sed -n "s/.*[ ,]\([0-9]*\) $1.*/\1/p" <<< "$log" | head -1; }
  stored=$(figure 'bytes spill stores') loaded=$(figure 'bytes spill loads')
  registers=$(figure registers) shared=$(figure 'bytes smem')
  spilled=$((stored + loaded))
  if ((spilled > 0)); then
    spills=$((spills + 1))
    echo "$kernel, $architecture, $level: spills $spilled bytes" >&2
  fi
  [[ $names == *" $kernel "* || $spilled -gt 0 ]] || continue
  echo "| $kernel | $architecture | $level | $registers | ${shared:-0} | $spilled | $(nvdisasm -c "$ptx/cubin" | loops) |"
done
if ((spills > 0)); then
  echo "$spills kernels spill registers" >&2
  exit 1
fi
