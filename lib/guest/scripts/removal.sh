# shellcheck shell=dash
# Taking away for good: overwritten in place first, then unlinked, never beyond the file system or past what is kept.

# prepare_keeping: paths that staff approved to keep become an expression for find. Its text holds only numbers, the paths stay in variables.
prepare_keeping() {
  KEEPING=
  kept_count=0
  job keep >"$W/keep"
  while IFS= read -r encoded; do
    path=$(decode "$encoded.")
    resolve "${path%.}" || continue
    [ -e "$PLACE" ] || continue
    kept_count=$((kept_count + 1))
    # shellcheck disable=SC2034 # read by the expression
    pattern=$(printf '%s.' "$PLACE" | sed 's/[][*?\\]/\\&/g')
    eval "KEEP_$kept_count=\${pattern%.}"
    eval "KEPT_PLACE_$kept_count=\$PLACE"
    KEEPING="$KEEPING${KEEPING:+ -o }-path \"\$KEEP_$kept_count\""
    item kept "$encoded"
  done <"$W/keep"
  [ -z "$KEEPING" ] || KEEPING="\\( $KEEPING \\) -prune -o"
}

# find_in PLACE whole|contents EXPRESSION...
find_in() {
  find_place=$1
  case $2 in contents) depth="-mindepth 1" ;; *) depth= ;; esac
  shift 2
  eval "find \"\$find_place\" -xdev $depth $KEEPING \"\$@\"" 2>>"$W/errors"
}

# erase PLACE whole|contents: sets FILES and BYTES; 1 if something could not be taken away.
erase() {
  erase_place=$1
  extent=$2
  measure
  let_go_of_shared
  turn=0
  while :; do
    turn=$((turn + 1))
    overwrite
    find_in "$erase_place" "$extent" ! -type d -exec rm -f -- {} +
    remove_folders
    something_there || break
    left=$(find_in "$erase_place" "$extent" ! -type d -print | head -c 1)
    [ -n "$left" ] || break
    [ "$turn" -lt 2 ] || return 1
    loosen
  done
  something_there || return 0
  left_folders=$(find_in "$erase_place" "$extent" -print | head -c 1)
  if [ -n "$left_folders" ] && [ "$kept_count" = 0 ]; then
    loosen
    remove_folders
  fi
  [ "$extent" = contents ] || [ "$kept_count" != 0 ] || ! something_there
}

something_there() { [ -e "$erase_place" ] || [ -L "$erase_place" ]; }

# Of a file with holes what it holds counts, not its length.
measure() {
  # shellcheck disable=SC2046 # two numbers
  set -- $(find_in "$erase_place" "$extent" ! -type d -exec stat -c '%s %b' {} + | sum_of_sizes)
  FILES=${1:-0}
  BYTES=${2:-0}
}

sum_of_sizes() {
  awk '{ files++; held = $2 * 512; bytes += ($1 - held > 1048576) ? held : $1 } END { printf "%d %.0f\n", files, bytes }'
}

# not_done WORD: the files of $W/names are not counted as done, and named.
not_done() {
  [ -s "$W/names" ] || return 0
  # shellcheck disable=SC2046 # two numbers
  set -- "$1" $(xargs -0 stat -c '%s %b' <"$W/names" 2>/dev/null | sum_of_sizes)
  FILES=$((FILES > $2 ? FILES - $2 : 0))
  BYTES=$((BYTES > $3 ? BYTES - $3 : 0))
  lines_of "$W/names" >"$W/names.lines"
  named=
  while IFS= read -r line; do
    name_in "$line"
    named="$named${named:+, }${NAME#"$R"}"
  done <<LIST
$(head -n 5 "$W/names.lines")
LIST
  problem "$2 files could not be $1 and can be read in the image: $named"
}

# let_go_of_shared: a file that has a name outside too lives on there and must not be overwritten: only our names of it go.
let_go_of_shared() {
  find_in "$erase_place" "$extent" -type f -links +1 -exec stat -c '%i %h' {} + |
    awk '{ names[$1]++; links[$1] = $2 } END { for (inode in names) if (names[inode] < links[inode]) print inode }' >"$W/shared"
  [ -s "$W/shared" ] || return 0
  problem "$INSIDE: $(wc -l <"$W/shared") files in it have another name elsewhere (hard links): they stay there"
  while read -r inode; do
    find_in "$erase_place" "$extent" -type f -inum "$inode" -exec rm -f -- {} +
  done <"$W/shared"
}

# overwrite: small files many at once, eight at a time, for each is waited for until the disk has it. A large one with holes would
# grow to its whole length and could fill the disk: only where it holds something is it overwritten. shred writes up to the block's
# end, the slack included.
overwrite() {
  find_in "$erase_place" "$extent" -type f -size +0 -size -2049 -print0 | xargs -0 -r -n 400 -P 8 sh -c "$overwrite_files" sh 2>>"$W/errors"
  find_in "$erase_place" "$extent" -type f -size +2048 -exec sh -c "$without_holes$overwrite_files" sh {} +
}

# shellcheck disable=SC2016 # both are run by find, with many files at once
without_holes='
  for file; do
    shift
    if [ $(($(stat -c "%s - %b * 512" -- "$file"))) -lt 1048576 ]; then set -- "$@" "$file"; continue; fi
    filefrag -s -v -b4096 "$file" 2>/dev/null | awk "\$1 ~ /^[0-9]+:\$/ { gsub(/[.:]+/, \" \"); print \$2, \$3 - \$2 + 1 }" | head -n 10000 |
      while read -r start count; do dd if=/dev/zero of="$file" bs=4096 seek="$start" count="$count" conv=notrunc 2>/dev/null; done
    sync
  done
  [ $# -gt 0 ] || exit 0
'
# shellcheck disable=SC2016
overwrite_files='
  if command -v shred >/dev/null 2>&1; then shred -f -n 0 -z -- "$@"; exit 0; fi
  for file; do
    blocks=$(($(stat -c %s -- "$file") / 4096 + 1))
    chmod u+w -- "$file"
    dd if=/dev/zero of="$file" bs=4096 count="$blocks" conv=notrunc 2>/dev/null
  done
  sync'

remove_folders() {
  # Folders that hold what is kept are not empty and stay.
  at_least=0
  [ "$extent" = whole ] || at_least=1
  find "$erase_place" -mindepth "$at_least" -xdev -depth -type d -exec sh -c 'rmdir -- "$@" 2>/dev/null; exit 0' sh {} + 2>/dev/null
}

loosen() {
  # What could not be done to them yet is tried again: what was complained of until now is no fault.
  grep -vF -- "$erase_place" "$W/errors" >"$W/errors.others"
  cat "$W/errors.others" >"$W/errors"
  if [ -n "$AS_ROOT" ] && command -v chattr >/dev/null 2>&1; then
    find_in "$erase_place" whole \( -type d -o -type f \) -exec chattr -f -i -a -- {} +
    chattr -f -i -a -- "$(dirname "$erase_place")" 2>/dev/null
  fi
  [ -n "$AS_ROOT" ] || find_in "$erase_place" whole -type d -exec chmod u+rwx -- {} \;
}

# misled PATH: its place, just resolved, is another than its name says and one that the system needs: a link to / or /usr, say.
misled() {
  [ "$INSIDE" != "$1" ] && not_to_be_removed "$INSIDE" >"$W/why" || return 1
  problem "$1 is a symlink to $INSIDE, which the system needs: left as it is"
}

# own_places PATH: it and the points of our mounts below it, encoded, one a line.
own_places() {
  printf '%s\n' "$(encode "$1")"
  while read -r _ _ encoded; do
    below=$(decode "$encoded.")
    case ${below%.} in "$1"/*) printf '%s\n' "$encoded" ;; esac
  done <"$OWN_MOUNTS"
}

# in_own_places COMMAND...: runs it with each of these, of the path just resolved, as erase_place; FILES and BYTES are their sums.
in_own_places() {
  own_places "$INSIDE" >"$W/places"
  sum_files=0
  sum_bytes=0
  while IFS= read -r encoded; do
    place=$(decode "$encoded.")
    place=${place%.}
    erase_place=$R$place
    extent=contents
    "$@"
    sum_files=$((sum_files + FILES))
    sum_bytes=$((sum_bytes + BYTES))
  done <"$W/places"
  FILES=$sum_files
  BYTES=$sum_bytes
}

# empty PATH: everything in it goes, the folder stays with its rights.
empty() {
  folder_there "$1" || return 0
  if misled "$1"; then return 0; fi
  progress "emptying $1"
  in_own_places empty_place
  item removed "$1" "$FILES" "$BYTES"
}

empty_place() { erase "$erase_place" contents || problem "not everything in $place could be removed"; }

# drop PATH: a file or folder of the rules goes wholly, if it is there and not kept.
drop() {
  there "$1" last || return 0
  if misled "$1"; then return 0; fi
  erase "$PLACE" whole || problem "$1 could not be removed"
  [ "$FILES" = 0 ] || item removed "$(encode "$1")" "$FILES" "$BYTES"
}

# drop_each FOLDER PATTERN...: by their names in one folder.
drop_each() {
  folder=$1
  shift
  folder_there "$folder" || return 0
  if misled "$folder"; then return 0; fi
  base=$INSIDE
  [ "$base" != / ] || base=
  for pattern; do
    # shellcheck disable=SC2086 # our own pattern
    (cd "$R$base/" && for name in $pattern; do [ -e "$name" ] || [ -L "$name" ] || continue; printf '%s\0' "$base/$name"; done) >"$W/names"
    lines_of "$W/names" >"$W/names.lines"
    while IFS= read -r line; do
      name_in "$line"
      drop "$NAME"
    done <"$W/names.lines"
  done
}

# blank PLACE...: overwritten in place and cut to nothing; the file stays.
blank() {
  for blank_file; do
    [ -f "$blank_file" ] && [ ! -L "$blank_file" ] || continue
    [ -z "$AS_ROOT" ] || chattr -f -i -a -- "$blank_file" 2>/dev/null
    [ ! -s "$blank_file" ] || sh -c "$overwrite_files" sh "$blank_file" 2>>"$W/errors"
    (: >"$blank_file") 2>>"$W/errors" || problem "${blank_file#"$R"} could not be emptied"
  done
}

# exclude_paths: what the requester does not want in the image.
exclude_paths() {
  job exclude >"$W/exclude"
  while IFS= read -r encoded; do
    path=$(decode "$encoded.")
    path=${path%.}
    if ! resolve "$path" last; then
      item excluded "$encoded" refused 0 0 "its symlinks go round in circles"
    elif why=$(not_to_be_removed "$INSIDE"); then
      item excluded "$encoded" refused 0 0 "$(encode "$why")"
    elif [ ! -e "$PLACE" ] && [ ! -L "$PLACE" ]; then
      item excluded "$encoded" absent 0 0 ''
    else
      progress "removing excluded paths"
      # What staff approved to keep does not outweigh what the owner does not want to give.
      keeping=$KEEPING kept=$kept_count KEEPING='' kept_count=0
      if erase "$PLACE" whole; then
        item excluded "$encoded" removed "$FILES" "$BYTES" ''
      else
        item excluded "$encoded" refused "$FILES" "$BYTES" "it could not be removed wholly: another file system is mounted in it, or the disk refuses"
      fi
      KEEPING=$keeping kept_count=$kept
    fi
  done <"$W/exclude"
}

# not_to_be_removed PATH: the words why, where it is what the system or the chain needs, or holds such. The lists are those of paths.ts.
not_to_be_removed() {
  while IFS= read -r needed; do
    case $needed in "$1" | "$1"/*) printf 'it is, or leads to, %s, which the system needs' "$needed"; return 0 ;; esac
  done <<LIST
/
$(job needed)
$(job untouched)
LIST
  while IFS= read -r needed; do
    case $1 in "$needed"/*) printf 'it lies in, or leads into, %s, which is not to be touched' "$needed"; return 0 ;; esac
  done <<LIST
$(job untouched)
LIST
  return 1
}
