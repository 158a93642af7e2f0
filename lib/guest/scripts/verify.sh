# shellcheck shell=dash
# Looks at a fresh boot of the image from inside, or at the folder that DARKROOM_ROOT names; reports; waits to be stopped. Changes nothing.

post_scripts_limit=3600  # seconds, for all of them

main() {
  go_on_alone verify
  find_ground
  read_job_of_verify
  heartbeat
  await_cloud_init 900
  await_post_scripts
  see_through
  progress "looking"
  tell_identity
  tell_cloud_init
  tell_forbidden
  tell_post_scripts
  tell_root_file_system
  if file_there /etc/passwd; then
    awk -F : '$3 ~ /^[0-9]+$/ && $3 + 0 >= 1000 && $3 + 0 <= 59999 { print $1 }' "$PLACE" | while IFS= read -r account; do item account "$(encode "$account")"; done
  fi
  while IFS= read -r package; do item package "$package"; done <"$W/packages"
  send_report V
  leave_ground
}

await_post_scripts() {
  [ -n "$REAL_ROOT" ] && [ -e /etc/systemd/system/atmo-post-scripts.service ] || return 0
  waited=0
  while [ ! -e /run/atmo/post-scripts-done ]; do
    case $(systemctl is-active atmo-post-scripts.service) in
      failed) problem "the hook that runs post-scripts failed"; return 0 ;;
      inactive) [ "$waited" -lt 120 ] || { problem "the hook that runs post-scripts was not started"; return 0; } ;;
    esac
    [ "$waited" -lt "$post_scripts_limit" ] || { problem "the post-scripts did not end within $post_scripts_limit s"; return 0; }
    [ $((waited % 10)) != 0 ] || progress "waiting for post-scripts ($waited s)"
    sleep 1
    waited=$((waited + 1))
  done
}

# tell_cloud_init: from its own result, which it writes at its very end; `cloud-init status` reads the same and takes seconds to start.
tell_cloud_init() {
  result=
  for place in /run/cloud-init/result.json /var/lib/cloud/data/result.json; do
    # /run is another file system, on which the root's second way has nothing.
    if [ -n "$REAL_ROOT" ] && [ -f "$place" ]; then result=$place
    elif file_there "$place"; then result=$PLACE
    else continue; fi
    break
  done
  if [ -z "$result" ]; then fact cloudInitStatus running ''; return 0; fi
  source=$(sed -n 's/.*"datasource": *"\([^"]*\)".*/\1/p' "$result" | head -n 1)
  # "errors": [ one string a line ], or [] on the same line.
  awk '/"errors": *\[/ { inside = 1; if ($0 ~ /\]/) exit; next } inside && /^ *\],?$/ { exit } inside { sub(/^ *"/, ""); sub(/",? *$/, ""); print substr($0, 1, 300) }' "$result" >"$W/cloud-init-errors"
  status='done'
  ! grep -q '"recoverable_errors": *{[^}]' "$result" || status=degraded
  [ ! -s "$W/cloud-init-errors" ] || status=error
  fact cloudInitStatus "$status" "$(encode "$source")"
  while IFS= read -r error; do item cloudInitError "$(encode "$error")"; done <"$W/cloud-init-errors"
}

# tell_forbidden: in the folders that were emptied, and at excluded paths, what is older than this boot came with the image. What is
# newer the boot made: cloud-init gives root and its default user a .ssh, logs begin anew.
tell_forbidden() {
  boot_mark
  if [ "$(job emptied)" = yes ]; then
    prepare_keeping
    for folder in /home /mnt /tmp /root /var/tmp; do
      folder_there "$folder" || continue
      if [ -n "$BOOTED" ]; then find_in "$PLACE" contents ! -type d ! -cnewer "$BOOTED" -print0
      else find_in "$PLACE" contents ! -type d -print0; fi >"$W/names"
      lines_of "$W/names" >"$W/names.lines"
      while IFS= read -r line; do
        name_in "$line"
        item forbidden "$(encode "${NAME#"$R"}")" emptied-folder
      done <"$W/names.lines"
    done
    rm -f "$W/list.kept"
  fi
  job exclude >"$W/exclude"
  while IFS= read -r encoded; do
    path=$(decode "$encoded.")
    there "${path%.}" last || continue
    if [ -n "$BOOTED" ] && [ -z "$(find "$PLACE" -xdev ! -cnewer "$BOOTED" -print 2>/dev/null | head -c 1)" ]; then continue; fi
    item forbidden "$encoded" excluded
  done <"$W/exclude"
}

boot_mark() {
  BOOTED=${DARKROOM_BOOTED:-}
  [ -n "$REAL_ROOT" ] || return 0
  BOOTED=$W/booted
  touch -d "@$(awk '$1 == "btime" { print $2 }' /proc/stat)" "$BOOTED" || BOOTED=
}

tell_post_scripts() {
  folder_there /etc/atmo/post-scripts.d || return 0
  scripts_place=$PLACE
  logs=
  if folder_there /var/log/atmo/post-scripts; then logs=$PLACE; fi
  for script in "$scripts_place"/*; do
    [ -e "$script" ] || [ -L "$script" ] || continue
    name=${script##*/}
    status='' timed_out=no end=''
    if [ -n "$logs" ] && [ -f "$logs/$name.status" ]; then
      read -r word number <"$logs/$name.status"
      case $word in exit) status=$number ;; timeout) timed_out=yes ;; esac
      [ ! -f "$logs/$name.log" ] || end=$(tail -c 500 "$logs/$name.log"; echo .)
    fi
    item postScript "$(encode "$name")" "$status" "$timed_out" "$(encode "${end%.}")"
  done
}

tell_root_file_system() {
  if [ -z "$REAL_ROOT" ]; then fact rootFileSystem folder '' 0 0 0 yes; return 0; fi
  type=$(awk '$2 == "/" { type = $3 } END { print type }' /proc/self/mounts)
  device=$(device_of /)
  # shellcheck disable=SC2046 # two numbers
  set -- $(df -kP / | awk 'NR == 2 { print $2 * 1024, $3 * 1024 }')
  size=${1:-0} used=${2:-0}
  # What df says leaves out ext4's own tables, a twentieth of a small disk.
  case $type in ext*)
    whole=$(dumpe2fs -h "$device" 2>/dev/null | awk -F: '$1 == "Block count" { count = $2 } $1 == "Block size" { printf "%.0f", count * $2 }')
    size=${whole:-$size} ;;
  esac
  disk_bytes=0
  if [ -n "$disk" ] && [ -r "/sys/class/block/$disk/size" ]; then disk_bytes=$(($(cat "/sys/class/block/$disk/size") * 512)); fi
  grown=no
  [ "$disk_bytes" = 0 ] || [ "$((size * 20))" -lt "$((disk_bytes * 19))" ] || grown=yes
  fact rootFileSystem "$(encode "$type")" "$(encode "$device")" "$size" "$used" "$disk_bytes" "$grown"
}
