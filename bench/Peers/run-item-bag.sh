#!/usr/bin/env bash
# Runs item_bag.py as run-pytorch.sh runs its script. Options are those of item_bag.py.
set -euo pipefail
FOREC_PEER_SCRIPT=item_bag.py exec "$(dirname "$(realpath "$0")")/run-pytorch.sh" "$@"
