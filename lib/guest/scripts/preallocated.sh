# shellcheck shell=dash
# Blocks that living files have reserved and never written (fallocate: databases, disk images). They read as zeros, so no fill reaches
# them, and on the disk still stands what was deleted there before.

# zero_preallocated PLACE: zeros are written over just these, so that every file stays as it is. PREALLOCATED_LEFT is why it could
# not be done, or empty.
zero_preallocated() {
  PREALLOCATED_LEFT=
  if ! filefrag_works "$1"; then
    PREALLOCATED_LEFT="filefrag could not be asked for blocks that files have reserved and not written: what was deleted there may still be readable"
    return 0
  fi
  find_preallocated "$1"
  while IFS= read -r line; do
    name_in "$line"
    zero_unwritten "$NAME"
  done <"$W/preallocated"
  [ -s "$W/preallocated" ] || return 0
  find_preallocated "$1"
  [ ! -s "$W/preallocated" ] ||
    PREALLOCATED_LEFT="$(wc -l <"$W/preallocated") files have blocks reserved that could not be written: what was deleted there may still be readable"
}

# filefrag_works PLACE: asked on a file of ours, for one that answers nothing would look like a disk without such blocks.
filefrag_works() {
  command -v filefrag >/dev/null 2>&1 || return 1
  rm -rf -- "$1/.zeros"
  printf 0 2>/dev/null >"$1/.zeros"
  sync
  filefrag -v "$1/.zeros" 2>/dev/null | grep -q '^ *0: '
  found=$?
  rm -f -- "$1/.zeros"
  return "$found"
}

# find_preallocated PLACE: many files at once, then each of those among which one was. By a descriptor, so that no name is read as an answer.
find_preallocated() {
  sync
  find "$1" -xdev -type f -print0 | xargs -0 -r -n 400 sh -c '
    filefrag -v -- "$@" 2>/dev/null | grep -q unwritten || exit 0
    for file; do
      if filefrag -v /proc/self/fd/3 3<"$file" 2>/dev/null | grep -q "^ *[0-9]*: .*unwritten"; then printf "%s\0" "$file"; fi
    done' sh >"$W/names" 2>>"$W/errors"
  lines_of "$W/names" >"$W/preallocated"
}

# zero_unwritten FILE: what is reserved behind its end is given back. Whoever has it open is held still, or could write there meanwhile.
zero_unwritten() {
  hold_still "$1"
  size=$(stat -c %s -- "$1")
  block=$(stat -f -c %S -- "$1")
  touch -r "$1" "$W/stamp"
  filefrag -v /proc/self/fd/3 3<"$1" 2>/dev/null | awk -v whole="$(((size + block - 1) / block))" '
    $1 ~ /^[0-9]+:$/ && /unwritten/ {
      gsub(/[.:]+/, " ")
      last = $3 < whole ? $3 : whole - 1
      if ($2 <= last) print $2, last - $2 + 1
    }' |
    while read -r start count; do dd if=/dev/zero of="$1" bs="$block" seek="$start" count="$count" conv=notrunc 2>/dev/null; done
  truncate -s "$size" -- "$1" 2>>"$W/errors"
  touch -r "$W/stamp" -- "$1" 2>/dev/null
  # shellcheck disable=SC2086 # process ids
  [ -z "$held_still" ] || kill -CONT $held_still 2>/dev/null
}

hold_still() {
  held_still=
  [ -n "$REAL_ROOT" ] || return 0
  for pid in $(stat -L -c '%d:%i %n' /proc/[0-9]*/fd/* 2>/dev/null | awk -F '[ /]' -v inode="$(stat -c %d:%i -- "$1")" '$1 == inode { print $4 }' | sort -u); do
    [ "$pid" != 1 ] && [ "$pid" != "$$" ] || continue
    if kill -STOP "$pid" 2>/dev/null; then held_still="$held_still $pid"; fi
  done
}
