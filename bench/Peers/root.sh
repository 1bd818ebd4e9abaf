# The Debian 13 root that peers run in, sourced by the scripts beside it: its PyTorch is newer than Debian 12's, and its
# libstdc++ is the one that libtorch's native library asks for. setup.sh makes it.
root=${FOREC_PEERS_ROOT:-${TMPDIR:-/tmp}/forec-peers}

# in_root COMMAND...: runs a command in it, with the directory $samples at /mnt. Mounts last as long as the command.
in_root() {
  unshare --mount sh -c 'root=$1 samples=$2; shift 2
    mount -t proc proc "$root/proc" && mount --bind "$samples" "$root/mnt" && exec chroot "$root" "$@"' - "$root" "$samples" "$@"
}

# at_mnt ARGUMENT...: sets $arguments to them with each .samples file where the root sees it, and $samples to their directory.
at_mnt() {
  samples=$root arguments=()
  for argument; do
    case $argument in
      *.samples) samples=$(dirname "$argument") arguments+=("/mnt/$(basename "$argument")") ;;
      *) arguments+=("$argument") ;;
    esac
  done
}
