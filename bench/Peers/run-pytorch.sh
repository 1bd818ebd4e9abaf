#!/usr/bin/env bash
# Runs ncf_loop.py in the peers' root if setup.sh created one, otherwise with this machine's PyTorch. Options are those of the script.
set -euo pipefail
here=$(dirname "$(realpath "$0")")
. "$here/root.sh"
if [ -e "$root/usr/lib/python3/dist-packages/torch" ]; then
  at_mnt "$@"
  cp "$here/ncf_loop.py" "$root/opt/"
  in_root python3 -W ignore /opt/ncf_loop.py "${arguments[@]}"
  exit
fi
for python in python3 /usr/bin/python3; do
  if "$python" -c 'import numpy, torch' 2> /dev/null; then
    exec "$python" "$here/ncf_loop.py" "$@"
  fi
done
echo "no PyTorch: bench/Peers/setup.sh installs it, or Debian's python3-torch" >&2
exit 1
