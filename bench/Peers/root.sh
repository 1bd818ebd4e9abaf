# The Debian 13 root directory that peers run in; the scripts in this directory source this file. Its PyTorch is newer than Debian 12's,
# and its libstdc++ is the one that libtorch's native library needs. setup.sh creates it.
root=${FOREC_PEERS_ROOT:-${TMPDIR:-/tmp}/forec-peers}

# in_root COMMAND...: runs a command in the root, with the directory $samples at /mnt. The mounts end with the command.
in_root() {
  unshare --mount sh -c 'root=$1 samples=$2; shift 2
    mount -t proc proc "$root/proc" && mount --bind "$samples" "$root/mnt" && exec chroot "$root" "$@"' - "$root" "$samples" "$@"
}

# at_mnt ARGUMENT...: sets $arguments to the arguments with the path of each .samples file in the root, and $samples to its directory.
at_mnt() {
  samples=$root arguments=()
  for argument; do
    case $argument in
      *.samples) samples=$(dirname "$argument") arguments+=("/mnt/$(basename "$argument")") ;;
      *) arguments+=("$argument") ;;
    esac
  done
}
