# shellcheck shell=dash
# Where the script works: the root, the way into it that no symlink leads out of, the job, and how things are written down.
#
# DARKROOM_ROOT     the folder to work on; unset, empty or /: the running system
# DARKROOM_CONSOLE  a file that takes the frames instead of the serial devices
# DARKROOM_ONCE     say the report once and end
# DARKROOM_BOOTED   (with a folder) a file as old as the boot: what is older came with the image
# DARKROOM_DISK     (with a folder) that folder is the mount point of a disk of its own: its free space is zeroed too

nl='
'
stand_in=$(printf '\001')  # for a line end within a name, where names stand one a line
time_limit=14400         # seconds for all of it

# find_ground: R is the root without its last slash, W a folder for our own notes: in memory on a running system.
find_ground() {
  LC_ALL=C
  export LC_ALL
  umask 077
  case ${DARKROOM_ROOT:-/} in
    /)
      REAL_ROOT=yes
      PATH=/usr/sbin:/usr/bin:/sbin:/bin
      export PATH
      R=
      W=/run/darkroom/work
      rm -rf "$W"
      mkdir -p "$W" || exit 1
      ;;
    *)
      REAL_ROOT=
      R=$(cd "$DARKROOM_ROOT" && pwd -P) || exit 1
      W=$(mktemp -d) || exit 1
      ;;
  esac
  : >"$W/facts"
  : >"$W/errors"
  AS_ROOT=
  [ "$(id -u)" != 0 ] || AS_ROOT=yes
  open_console || exit 1
  for tool in awk gzip base64 sha256sum find xargs fold stat; do
    command -v "$tool" >/dev/null 2>&1 || missing="${missing:-} $tool"
  done
  if [ -n "${missing:-}" ]; then
    # Without awk there are no frames: said plainly, for likelyCause in console.ts.
    printf 'darkroom: the guest has no%s\n' "$missing" >"$W/missing"
    say "$W/missing"
    exit 1
  fi
}

leave_ground() {
  [ -n "$REAL_ROOT" ] || rm -rf "$W"
}

# see_through: look at the root file system by a second way on which nothing is mounted, so that what other file systems hold
# is never entered and what they hide is seen. Partitions of the same disk are hung in where they belong.
see_through() {
  OWN_MOUNTS=$W/own-mounts
  : >"$OWN_MOUNTS"
  [ -n "$REAL_ROOT" ] || return 0
  mkdir -p "$W/root"
  if mount --bind / "$W/root" && mount --make-private "$W/root"; then
    R=$W/root
  else
    problem "the root could not be looked at without what is mounted on it"
  fi
  disk=$(disk_of "$(device_of /)")
  seen=" $(stat -c %d /) "
  while read -r source point type options _; do
    case $point in / | "$W"/* | /run/*) continue ;; esac
    case $source in /dev/*) ;; *) continue ;; esac
    point=$(decode "$(printf '%s' "$point" | octal_of_proc).")
    point=${point%.}
    # What is bound from elsewhere is seen, and judged, where it lies. Subvolumes of btrfs have numbers of their own.
    number=$(stat -c %d "$point")
    case $seen in *" $number "*) continue ;; esac
    seen="$seen$number "
    if [ -z "$disk" ] || [ "$(disk_of "$source")" != "$disk" ]; then
      problem "$point is on another disk ($source, $type): not entered"
    elif [ -z "$R" ] || { mount --bind "$point" "$R$point" && mount --make-private "$R$point"; }; then
      printf '%s %s %s\n' "$source" "$type" "$(encode "$point")" >>"$OWN_MOUNTS"
      case ,$options, in *,ro,*) problem "$point is mounted read-only: left as it is" ;; esac
    else
      problem "$point could not be looked at: not entered"
    fi
  done </proc/self/mounts
}

# device_of MOUNT-POINT: the block device, by its kernel name where /proc says something else (/dev/root).
device_of() {
  awk -v point="$1" '$5 == point { number = $3; for (i = 6; i < NF; i++) if ($i == "-") { source = $(i + 2) } } END { print number, source }' /proc/self/mountinfo |
    while read -r number source; do
      if [ -b "$source" ]; then readlink -f "$source"
      elif [ -e "/sys/dev/block/$number" ]; then printf '/dev/%s\n' "$(basename "$(readlink -f "/sys/dev/block/$number")")"
      fi
    done
}

# disk_of DEVICE: the name of the whole disk under a partition, a logical volume, an opened container.
disk_of() {
  device=$(basename "$(readlink -f "$1")")
  turns=0
  while [ "$turns" -lt 8 ]; do
    turns=$((turns + 1))
    block=$(readlink -f "/sys/class/block/$device") || return 0
    below=$(find "$block/slaves" -mindepth 1 -maxdepth 1 2>/dev/null | head -n 1)
    if [ -n "$below" ]; then device=$(basename "$below")
    elif [ -e "$block/partition" ]; then device=$(basename "$(dirname "$block")")
    else break
    fi
  done
  printf '%s\n' "$device"
}

# resolve PATH [last]: PLACE is where PATH is below the root, its symlinks followed as the guest follows them: absolute ones
# begin at the root again, .. ends there. With `last` the last name is not followed. 1 where links go round.
resolve() {
  todo=$1
  reached=
  links=0
  while [ -n "$todo" ]; do
    part=${todo%%/*}
    case $todo in */*) todo=${todo#*/} ;; *) todo= ;; esac
    case $part in
      '' | .) continue ;;
      ..) reached=${reached%/*}; continue ;;
    esac
    if [ -L "$R$reached/$part" ] && { [ -n "$todo" ] || [ "${2:-}" != last ]; }; then
      links=$((links + 1))
      [ "$links" -le 40 ] || return 1
      target=$(readlink "$R$reached/$part" && echo .) || return 1
      target=${target%"$nl".}
      case $target in /*) reached= ;; esac
      todo=$target${todo:+/$todo}
    else
      reached=$reached/$part
    fi
  done
  PLACE=$R$reached
  PLACE=${PLACE:-/}
  INSIDE=${reached:-/}
}

# there PATH: PLACE is PATH's place, and something is there.
there() { resolve "$@" && { [ -e "$PLACE" ] || [ -L "$PLACE" ]; }; }
file_there() { resolve "$1" && [ -f "$PLACE" ]; }
folder_there() { resolve "$1" && [ -d "$PLACE" ]; }

# encode TEXT: everything but printable ASCII, and the backslash, as \0ooo, which printf %b reads. user-data.ts writes the same.
encode() {
  case $1 in
    *[!\ -~]* | *\\*) printf '%s' "$1" | od -An -v -to1 | tr -s ' ' '\n' | awk '
      BEGIN { for (c = 32; c < 127; c++) if (c != 92) plain[sprintf("%03o", c)] = sprintf("%c", c) }
      NF { printf "%s", ($1 in plain) ? plain[$1] : "\\0" $1 }' ;;
    *) printf '%s' "$1" ;;
  esac
}

decode() { printf '%b' "$1"; }

# octal_of_proc: the kernel's and fstab's \040 as our \0040, which a digit may follow.
octal_of_proc() { sed 's/\\\([0-7][0-7][0-7]\)/\\0\1/g'; }

# lines_of NAMES: names that end with NUL become lines, and a line end in one becomes the stand-in. name_in LINE: NAME is it again.
lines_of() { tr '\n\0' '\001\n' <"$1"; }
name_in() {
  NAME=$1
  case $1 in *"$stand_in"*) NAME=$(printf '%s.' "$1" | tr '\001' '\n'); NAME=${NAME%.} ;; esac
}

# fact NAME VALUE...: a record that stands once. item LIST VALUE...: one of many. Fields that may hold anything are encoded by the caller.
fact() { record "$W/facts" "$@"; }
item() { record "$W/list.$1" "$@"; }
record() {
  record_file=$1
  shift
  printf '%s' "$1" >>"$record_file"
  shift
  for field; do printf '\t%s' "$field" >>"$record_file"; done
  printf '\n' >>"$record_file"
}

problem() { item problem "$(encode "$1")"; }

# read_job: lines of "WORD VALUE" from standard input, values encoded. They stay in files, as data.
read_job() {
  NONCE=
  while IFS= read -r job_line; do
    word=${job_line%% *}
    value=${job_line#* }
    case $word in
      nonce) NONCE=$value ;;
      *) printf '%s\n' "$value" >>"$W/job.$word" ;;
    esac
  done
}

# job WORD: its values, encoded, one a line.
job() { cat "$W/job.$1" 2>/dev/null; }

# go_on_alone: cloud-init started us from its own folder, which we want to remove, and waits for us. So a copy in memory goes on.
go_on_alone() {
  case ${DARKROOM_ROOT:-/} in /) ;; *) return 0 ;; esac
  [ -z "${DARKROOM_ALONE:-}" ] || return 0
  mkdir -p /run/darkroom
  # The image's own hook must not run its post-scripts while it is being cleaned.
  [ "$1" != clean ] || : >/run/darkroom/cleaning
  cat "$0" >/run/darkroom/script
  DARKROOM_ALONE=yes
  export DARKROOM_ALONE
  if ! systemd-run --quiet --no-block --unit="darkroom-$1" --setenv=DARKROOM_ALONE=yes /bin/sh /run/darkroom/script 2>/dev/null; then
    setsid /bin/sh /run/darkroom/script </dev/null >/dev/null 2>&1 &
  fi
  exit 0
}

# await_cloud_init LIMIT: until it wrote its result, or ended without.
await_cloud_init() {
  [ -n "$REAL_ROOT" ] || return 0
  progress "waiting for cloud-init to end"
  waited=0
  while [ "$waited" -lt "$1" ]; do
    if [ -e /run/cloud-init/result.json ]; then
      case $(systemctl show --property=ActiveState --value cloud-final.service 2>/dev/null) in activating) ;; *) return 0 ;; esac
    fi
    sleep 1
    waited=$((waited + 1))
    [ $((waited % 10)) != 0 ] || progress "waiting for cloud-init to end ($waited s)"
  done
  problem "cloud-init did not end within $1 s"
}
