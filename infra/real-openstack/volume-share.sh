# shellcheck shell=bash
# Where Cinder keeps volumes on a machine without device-mapper and NFS: its NFS driver, on a "share" that is an ext4 file
# system in a loop-mounted file (os.path.ismount() must be true where the share is mounted), bound in place by a mount.nfs
# of three lines. Sourced by up and down.

MOUNT_NFS=/sbin/mount.nfs # where mount(8) looks for it; a real one is left alone
MOUNT_NFS_MARK='# rig:'
SHARE_SIZE=20G # sparse

raise_volume_share() {
  mkdir -p "$DATA/nfs"
  if [ ! -e "$DATA/nfs.img" ]; then
    truncate -s "$SHARE_SIZE" "$DATA/nfs.img.new"
    mkfs.ext4 -q -F -O ^has_journal -m 0 "$DATA/nfs.img.new"
    mv "$DATA/nfs.img.new" "$DATA/nfs.img"
  fi
  mountpoint -q "$DATA/nfs" || mount -o loop "$DATA/nfs.img" "$DATA/nfs" ||
    die "no loop mount on this machine: RIG_CINDER=0 leaves Cinder out"
  chmod 777 "$DATA/nfs"
  [ -e "$MOUNT_NFS" ] || install -m 755 "$HERE/mount.nfs" "$MOUNT_NFS"
}

remove_mount_nfs() { ! grep -qs "^$MOUNT_NFS_MARK" "$MOUNT_NFS" || rm -f "$MOUNT_NFS"; }
