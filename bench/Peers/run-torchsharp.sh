#!/usr/bin/env bash
# Runs the TorchSharp peer in the root that setup.sh created. Options are those of ncf_loop.py.
set -euo pipefail
here=$(dirname "$(realpath "$0")")
. "$here/root.sh"
[ -x "$root/opt/forec-peers/ForecEngine.Peers" ] || { echo "no TorchSharp: bench/Peers/setup.sh builds it" >&2; exit 1; }
at_mnt "$@"
in_root /opt/forec-peers/ForecEngine.Peers "${arguments[@]}"
