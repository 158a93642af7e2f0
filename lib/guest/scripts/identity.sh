# shellcheck shell=dash
# What both scripts tell of a guest: its system, its identity, its agents.

tell_identity() {
  tell_system
  machine=
  if file_there /etc/machine-id && [ -s "$PLACE" ]; then
    # An image says "uninitialized" until its first boot.
    case $(head -c 64 "$PLACE") in uninitialized*) ;; *) machine=$(sha256sum <"$PLACE"); machine=${machine%% *} ;; esac
  fi
  fact machineIdHash "$machine"
  if folder_there /etc/ssh; then
    for key in "$PLACE"/ssh_host_*_key.pub; do
      if [ -f "$key" ] && [ ! -L "$key" ]; then sha256sum <"$key"; fi
    done | sort -u | while read -r hash _; do item hostKeyHash "$hash"; done
  fi
}

tell_system() {
  name='' number='' pretty=''
  if file_there /etc/os-release; then
    while IFS= read -r line; do
      value=${line#*=}
      case $value in \"*\") value=${value#\"}; value=${value%\"} ;; \'*\') value=${value#\'}; value=${value%\'} ;; esac
      case $line in
        ID=*) name=$value ;;
        VERSION_ID=*) number=$value ;;
        PRETTY_NAME=*) pretty=$value ;;
      esac
    done <"$PLACE"
  fi
  fact os "$(encode "$name")" "$(encode "$number")" "$(encode "$pretty")"
  agent=absent
  for place in /usr/sbin/qemu-ga /usr/bin/qemu-ga /sbin/qemu-ga; do file_there "$place" && agent=installed; done
  if [ "$agent" = installed ] && [ -n "$REAL_ROOT" ]; then
    for unit in qemu-guest-agent qemu-ga; do
      [ "$(systemctl is-active "$unit" 2>/dev/null)" != active ] || agent=active
    done
  fi
  fact guestAgent "$agent"
  list_packages >"$W/packages"
  fact cloudInit "$(awk '$1 == "cloud-init" { print $2; exit }' "$W/packages")"
}

# list_packages: "name version" a line, sorted. dpkg's database is text and is read in any root; rpm's needs rpm.
list_packages() {
  if file_there /var/lib/dpkg/status; then
    awk '
      /^Package: / { name = $2 } /^Status: / { installed = ($4 == "installed") }
      /^Version: / { version = $2 } /^$/ { if (installed && name != "") print name, version; name = ""; installed = 0 }
      END { if (installed && name != "") print name, version }' "$PLACE"
  elif rpm_database; then
    if ! command -v rpm >/dev/null 2>&1; then problem "the packages are not known: there is no rpm to read its database"
    elif [ -n "$REAL_ROOT" ]; then rpm -qa --qf '%{NAME} %{EVR}\n' 2>/dev/null
    else
      # An rpm of another distribution keeps its own elsewhere.
      rpm --root "$R" --dbpath "$INSIDE" -qa --qf '%{NAME} %{EVR}\n' 2>/dev/null ||
        problem "the packages are not known: rpm cannot read the database in $INSIDE"
    fi
  else
    problem "the packages are not known: there is neither dpkg's nor rpm's database"
  fi | sort -u
}

rpm_database() {
  for folder in /usr/lib/sysimage/rpm /var/lib/rpm; do
    for name in rpmdb.sqlite Packages.db Packages; do
      if file_there "$folder/$name"; then resolve "$folder"; return 0; fi
    done
  done
  return 1
}
