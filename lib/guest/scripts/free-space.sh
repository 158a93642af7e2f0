# shellcheck shell=dash
# What the disk still holds of files deleted before: zeroed, where that can be done, and said where it cannot be promised.

zero_free_space() {
  if [ -z "$REAL_ROOT" ]; then
    if [ -n "${DARKROOM_DISK:-}" ]; then
      # shellcheck disable=SC2046 # three fields
      set -- $(awk -v point="$R" '$2 == point { print $1, $3 }' /proc/self/mounts | tail -n 1)
      zero_file_system / "$R" "$1" "$2"
    else
      item freeSpace / folder none 0 no "it is a folder, not a disk"
    fi
    return 0
  fi
  wipe_swap
  # shellcheck disable=SC2046
  set -- $(awk '$2 == "/" { print $1, $3 }' /proc/self/mounts | tail -n 1)
  zero_file_system / "${R:-/}" "$(device_of /)" "$2"
  while read -r source type encoded; do
    point=$(decode "$encoded.")
    point=${point%.}
    zero_file_system "$point" "$R$point" "$source" "$type"
  done <"$OWN_MOUNTS"
  name_what_is_left
}

# zero_file_system POINT PLACE DEVICE TYPE
zero_file_system() {
  progress "zeroing free space of $1 ($4)"
  case $4 in
    ext2 | ext3 | ext4) zero_ext "$1" "$2" "$3" "$4" ;;
    xfs)
      command -v xfs_io >/dev/null 2>&1 && xfs_io -x -c 'resblks 0' "$2" >/dev/null 2>&1
      fill "$2"
      item freeSpace "$(encode "$1")" xfs fill "$FILLED" no "xfs keeps reservations in every allocation group that no program can fill: files deleted before may still be readable there"
      ;;
    vfat)
      # No reserve and no journal: full is full.
      fill "$2"
      if [ "$FILL_ENDED" = full ]; then item freeSpace "$(encode "$1")" vfat fill "$FILLED" yes ''
      else item freeSpace "$(encode "$1")" vfat fill "$FILLED" no "$(encode "the disk could not be filled: $FILL_ENDED")"; fi
      ;;
    btrfs) item freeSpace "$(encode "$1")" btrfs none 0 no "btrfs writes every change to a new place and keeps small files in its metadata, which no program can fill" ;;
    *) item freeSpace "$(encode "$1")" "$(encode "$4")" none 0 no "nothing is known about free space of $4" ;;
  esac
}

# zero_ext: ext4 keeps clusters back that not even root gets, and they lie in the small holes where small files were: with one
# big file of zeros every canary survived, with the reserve at 0 and a second pass in blocks of 4 KiB none did (measured on Zed/Debian 12).
zero_ext() {
  ext_device=$(basename "$(readlink -f "$3")")
  reserve=/sys/fs/ext4/$ext_device/reserved_clusters
  why=
  reserved=
  if [ -w "$reserve" ]; then
    reserved=$(cat "$reserve")
    echo 0 >"$reserve" 2>/dev/null
    [ "$(cat "$reserve")" = 0 ] || why="the reserved clusters could not be opened"
  else
    why="the reserved clusters cannot be opened: there is no $reserve"
  fi
  zero_preallocated "$2"
  why=${why:-$PREALLOCATED_LEFT}
  fill "$2"
  [ "$FILL_ENDED" = full ] || why="the disk could not be filled: $FILL_ENDED"
  dumpe2fs -h "$3" >"$W/superblock" 2>/dev/null || why=${why:-"its settings could not be read: there is no dumpe2fs"}
  ! grep -q '^Filesystem features:.* inline_data' "$W/superblock" || why="it keeps small files inside of its inodes, which no program can fill"
  wash_journal "$2"
  [ -z "$reserved" ] || echo "$reserved" >"$reserve"
  promised=yes
  [ -z "$why" ] || promised=no
  item freeSpace "$(encode "$1")" "$4" fill "$FILLED" "$promised" "$(encode "$why")"
}

# fill PLACE: zeros until nothing fits any more, in large pieces, then in pages, then in the smallest blocks there are: a page that
# does not fit whole is not written at all, and the one cluster of vfat that stayed free held a canary (measured on Zed/Debian 12). FILLED bytes, FILL_ENDED full or why not.
fill() {
  sync
  fill_folder=$1/.zeros
  rm -rf -- "$fill_folder"
  mkdir -m 700 "$fill_folder" || { FILLED=0; FILL_ENDED="no folder could be made"; return 0; }
  fill_with 1M
  fill_with 4k
  fill_with 512
  FILLED=$(stat -c %s "$fill_folder"/* | awk '{ sum += $1 } END { printf "%.0f", sum }')
  rm -rf -- "$fill_folder"
  sync
}

# fill_with BLOCK: files of zeros until the disk is full; one alone may be too large for the file system.
fill_with() {
  FILL_ENDED=
  for n in 1 2 3 4 5 6 7 8 9; do
    dd if=/dev/zero of="$fill_folder/$1-$n" bs="$1" 2>"$W/dd"
    sync
    if grep -q 'No space left' "$W/dd"; then FILL_ENDED=full; break; fi
    grep -q 'File too large' "$W/dd" || break
  done
  [ "$FILL_ENDED" = full ] || FILL_ENDED=$(head -c 200 "$W/dd" | tr '\n' ' ')
}

# wash_journal PLACE: names of removed files stand in old transactions. The blocks of new folders, all but empty, push them
# out: as many as the journal has, and half as many again.
wash_journal() {
  blocks=$(awk -F: '
    $1 == "Block size" { block = $2 / 1024 }
    $1 ~ /^(Total journal size|Journal size)$/ { size = $2; unit = size; sub(/[0-9 ]*/, "", unit); kib = size * (unit ~ /^M/ ? 1024 : 1) }
    END { if (block) printf "%d", kib / block }' "$W/superblock")
  [ "${blocks:-0}" -gt 0 ] || return 0
  progress "washing the journal ($blocks blocks)"
  washed=0
  while [ "$washed" -lt $((blocks * 3 / 2)) ]; do
    mkdir -m 700 "$1/.zeros" || return 0
    awk 'BEGIN { for (n = 0; n < 2000; n++) print n }' | (cd "$1/.zeros" && xargs mkdir 2>/dev/null)
    sync
    rm -rf -- "$1/.zeros"
    sync
    washed=$((washed + 2000))
  done
}

# note_swap: where memory of the source was written, asked before anything is cleaned, and turned off: a file in use can neither be
# emptied nor removed. fstab alone does not tell: cloud-init takes its own line out at the temporary server's boot, units never had one.
note_swap() {
  swap_of_fstab >"$W/swap.fstab"
  {
    cat "$W/swap.fstab"
    awk 'NR > 1 { print $1 }' /proc/swaps | octal_of_proc
    for kind in swap swsuspend; do blkid -t TYPE=$kind -o device; done
    # One that is no longer turned on is known by its signature.
    find $(scan_roots) -xdev -maxdepth 2 -type f -size +64 -exec sh -c 'for file; do
      case $(blkid -p -s TYPE -o value "$file") in swap | swsuspend) printf "%s\0" "$file" ;; esac; done' sh {} + >"$W/names"
    lines_of "$W/names" | while IFS= read -r line; do
      name_in "$line"
      printf '%s\n' "$(encode "${NAME#"$R"}")"
    done
  } 2>/dev/null | sort -u >"$W/swap"
  swapoff -a 2>/dev/null
  awk 'NR > 1 { print $1 }' /proc/swaps | while read -r area; do problem "$area is swap that could not be turned off"; done
}

# swap_of_fstab: the swap files that it names now, encoded. Devices are found by their signature.
swap_of_fstab() {
  file_there /etc/fstab || return 0
  awk '$3 == "swap" && $1 ~ /^\// && $1 !~ /^\/dev\// { print $1 }' "$PLACE" | octal_of_proc
}

# wipe_swap: what note_swap found. A file whose line went from fstab goes too; the others and the partitions are swap again, by the
# id that they had, for fstab names it.
wipe_swap() {
  progress "wiping swap"
  swap_of_fstab >"$W/swap.named"
  while IFS= read -r encoded; do
    area=$(decode "$encoded.")
    area=${area%.}
    if [ -b "$area" ]; then
      [ "$(disk_of "$area")" = "$disk" ] || continue
      target=$area
      bytes=$(blockdev --getsize64 "$area")
    else
      if grep -qxF -- "$encoded" "$W/swap.fstab" && ! grep -qxF -- "$encoded" "$W/swap.named"; then drop "$area"; fi
      file_there "$area" || continue
      target=$PLACE
      bytes=$(stat -c %s "$target")
    fi
    id=$(blkid -s UUID -o value "$target")
    label=$(blkid -s LABEL -o value "$target")
    if [ -b "$target" ]; then dd if=/dev/zero of="$target" bs=1M 2>/dev/null
    else dd if=/dev/zero of="$target" bs=4096 count="$((bytes / 4096))" conv=notrunc 2>/dev/null; fi
    if mkswap ${id:+-U "$id"} ${label:+-L "$label"} "$target" >/dev/null 2>&1; then item removed "$encoded" 1 "$bytes"
    else problem "$area was swap and could not be made swap again: it may not be wiped"; fi
  done <"$W/swap"
}

# name_what_is_left: partitions and volumes of the disk that nothing is mounted from, and room of volume groups: nobody looked into
# them, so nothing is promised of them, and the policy decides as it does of free space.
name_what_is_left() {
  [ -n "$disk" ] || { nothing_promised "the rest of the disk" unknown "the disk under / is not known"; return 0; }
  awk '{ print $3 }' /proc/self/mountinfo >"$W/mounted"
  # btrfs shows a number of its own there.
  awk '$1 ~ /^\/dev\// { print $1 }' /proc/self/mounts | while read -r source; do
    cat "/sys/class/block/$(basename "$(readlink -f "$source")")/dev" 2>/dev/null
  done >>"$W/mounted"
  for block in /sys/class/block/*; do
    [ -e "$block/partition" ] || [ -e "$block/dm" ] || continue
    device=/dev/${block##*/}
    [ "$(disk_of "$device")" = "$disk" ] || continue
    [ -z "$(ls "$block/holders")" ] || continue  # what is made of it is seen by itself
    if grep -qxF "$(cat "$block/dev")" "$W/mounted"; then continue; fi
    type=$(blkid -s TYPE -o value "$device" 2>/dev/null)
    case $type in
      swap) continue ;;
      '') [ "$(cat "$block/size")" -gt 65536 ] || continue ;;  # the boot loader's own, of a MiB or so
    esac
    name=$(cat "$block/dm/name" 2>/dev/null)
    nothing_promised "$device${name:+ ($name)}" "${type:-unknown}" "it is not mounted: nobody looked into its $(($(cat "$block/size") / 2048)) MiB"
  done
  if command -v vgs >/dev/null 2>&1; then
    vgs --noheadings --units b --nosuffix -o vg_name,vg_free 2>/dev/null | while read -r group free; do
      [ "${free:-0}" = 0 ] || nothing_promised "volume group $group" LVM2_member "no volume uses $free bytes of it: nobody looked into them"
    done
  fi
}

nothing_promised() { item freeSpace "$(encode "$1")" "$(encode "$2")" none 0 no "$(encode "$3")"; }
