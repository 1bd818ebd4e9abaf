#!/usr/bin/env bash
# Sets up the peers: a Debian 13 root directory (by debootstrap, from the mirror that this machine's apt uses) with PyTorch, and the
# TorchSharp peer published into it. Needs root, Debian's debootstrap and the .NET SDK. FOREC_PEERS_ROOT is the directory.
set -euo pipefail
cd "$(dirname "$0")"
. ./root.sh
command -v debootstrap > /dev/null || { echo "debootstrap is missing: apt-get install debootstrap" >&2; exit 1; }
if [ ! -e "$root/usr/bin/apt-get" ]; then
  mirror=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' 'Origin: Debian' 'Label: Debian' | head -1)
  debootstrap --variant=minbase trixie "$root" "$mirror"
fi
[ ! -e /etc/resolv.conf ] || cp -L /etc/resolv.conf "$root/etc/resolv.conf"
chroot "$root" apt-get update
# OpenBLAS, because python3-torch also accepts Netlib's reference BLAS, which is slow.
# TMPDIR=/tmp, because the packages' scripts need a TMPDIR that exists in the root.
packages="python3-torch libopenblas0-pthread libgomp1"
DEBIAN_FRONTEND=noninteractive TMPDIR=/tmp chroot "$root" apt-get install -y --no-install-recommends $packages
dotnet publish -c Release ForecEngine.Peers.csproj -o "$root/opt/forec-peers" -nodeReuse:false
