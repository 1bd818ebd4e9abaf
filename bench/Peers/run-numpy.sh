#!/usr/bin/env bash
# Runs linear_algebra.py in the peers' root if setup.sh created one, otherwise with this machine's numpy and OpenBLAS. Options are those of
# the script. OpenBLAS chooses its kernel and its block sizes itself.
set -euo pipefail
here=$(dirname "$(realpath "$0")")
. "$here/root.sh"
unset OPENBLAS_CORETYPE OPENBLAS_L2_SIZE
if [ -e "$root/usr/lib/python3/dist-packages/numpy" ]; then
  samples=$root
  cp "$here/linear_algebra.py" "$root/opt/"
  in_root python3 -W ignore /opt/linear_algebra.py "$@"
  exit
fi
exec python3 -W ignore "$here/linear_algebra.py" "$@"
