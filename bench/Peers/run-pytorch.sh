#!/usr/bin/env bash
# Runs ncf_loop.py, or the script that FOREC_PEER_SCRIPT names, in the peers' root if setup.sh created one, otherwise with this machine's
# PyTorch. Options are those of the script.
set -euo pipefail
here=$(dirname "$(realpath "$0")")
script=${FOREC_PEER_SCRIPT:-ncf_loop.py}
. "$here/root.sh"
if [ -e "$root/usr/lib/python3/dist-packages/torch" ]; then
  at_mnt "$@"
  cp "$here/$script" "$root/opt/"
  in_root python3 -W ignore "/opt/$script" "${arguments[@]}"
  exit
fi
for python in python3 /usr/bin/python3; do
  if "$python" -c 'import numpy, torch' 2> /dev/null; then
    exec "$python" "$here/$script" "$@"
  fi
done
echo "no PyTorch: bench/Peers/setup.sh installs it, or Debian's python3-torch" >&2
exit 1
