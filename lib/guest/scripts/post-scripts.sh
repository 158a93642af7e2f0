# shellcheck shell=dash
# The post-scripts of the image: are they as they must be, and the hook that runs them after a launch.

post_scripts_folder=/etc/atmo/post-scripts.d

check_post_scripts() {
  resolve "$post_scripts_folder"
  if [ ! -e "$PLACE" ]; then fact postScriptsFolder ''; return 0; fi
  scripts_place=$PLACE
  wrong=
  [ -d "$scripts_place" ] || wrong="$wrong;is not a folder"
  [ "$(stat -c %a "$scripts_place")" = 755 ] || wrong="$wrong;has mode $(stat -c %a "$scripts_place"), not 755"
  if [ -n "$AS_ROOT" ] && [ "$(stat -c %u:%g "$scripts_place")" != 0:0 ]; then wrong="$wrong;is not root's"; fi
  fact postScriptsFolder "$(encode "${wrong#;}")"
  [ -d "$scripts_place" ] || return 0
  # Hidden ones the hook never runs: editors' copies, a .placeholder.
  for script in "$scripts_place"/*; do
    [ -e "$script" ] || [ -L "$script" ] || continue
    name=${script##*/}
    item postScript "$(encode "$name")" "$(encode "$(wrong_with_script "$name")")"
  done
}

# wrong_with_script NAME: what is wrong, separated by semicolons. Asked after the cleaning, so a link whose target was removed dangles already.
wrong_with_script() {
  if ! resolve "$post_scripts_folder/$1" || [ ! -e "$PLACE" ]; then
    printf 'is a symlink to what is not in the image'
    return 0
  fi
  if [ ! -f "$PLACE" ]; then printf 'is not a file'; return 0; fi
  found=
  [ "$(head -n 1 "$PLACE" | tr -d '\0')" = '#!/bin/bash' ] || found="$found;its first line is not #!/bin/bash"
  [ "$(stat -c %a "$PLACE")" = 755 ] || found="$found;has mode $(stat -c %a "$PLACE"), not 755"
  if [ -n "$AS_ROOT" ] && [ "$(stat -c %u "$PLACE")" != 0 ]; then found="$found;is not root's"; fi
  printf '%s' "${found#;}"
}

# install_hook: into every image, so that a script added later runs too.
install_hook() {
  hook_text >"$W/hook"
  hook_unit >"$W/hook.service"
  put /usr/local/sbin/atmo-post-scripts 755 "$W/hook" &&
    put /etc/systemd/system/atmo-post-scripts.service 644 "$W/hook.service" || {
    problem "the hook that runs post-scripts after a launch could not be installed"
    return 0
  }
  if resolve /etc/systemd/system/multi-user.target.wants; then
    (umask 022 && mkdir -p "$PLACE")
    ln -sf ../atmo-post-scripts.service "$PLACE/atmo-post-scripts.service"
  fi
  # What an earlier image of this line already ran says nothing of the next launch.
  drop /var/lib/atmo
  if [ -n "$REAL_ROOT" ] && command -v restorecon >/dev/null 2>&1; then
    # By its own name: under the second way the policy would take everything for a file of /run.
    restorecon /usr/local/sbin/atmo-post-scripts /etc/systemd/system/atmo-post-scripts.service 2>/dev/null
  fi
}

# put PATH MODE FROM: a file of ours. Never through a link: that may be the owner's way to something else.
put() {
  resolve "${1%/*}" || return 1
  (umask 022 && mkdir -p "$PLACE") || return 1
  into=$PLACE/${1##*/}
  rm -f -- "$into"
  cat "$3" >"$into" && chmod "$2" "$into"
}
