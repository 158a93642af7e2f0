# shellcheck shell=dash
# Everything else that tells of the owner or of this one machine: logs, histories, keys to it, its identity, leases, caches, cloud-init's state.

quiet_down() {
  [ -n "$REAL_ROOT" ] || return 0
  progress "stopping what writes to the disk"
  systemctl stop cron.service crond.service atd.service anacron.service rsyslog.service syslog.socket syslog-ng.service \
    unattended-upgrades.service packagekit.service snapd.service snapd.socket apt-daily.timer apt-daily-upgrade.timer \
    dnf-makecache.timer atmo-post-scripts.service 2>/dev/null
  pkill -TERM -x auditd 2>/dev/null
  journalctl --relinquish-var 2>/dev/null
  for process in /proc/[0-9]*; do
    uid=$(awk '$1 == "Uid:" { print $2 }' "$process/status" 2>/dev/null)
    if [ "${uid:-0}" -ge 1000 ] && [ "$uid" -le 59999 ]; then kill -9 "${process#/proc/}" 2>/dev/null; fi
  done
  note_swap
  # What systemd would write when the server is stopped: a random seed that every copy of the image would share, the last login.
  for unit in systemd-random-seed.service systemd-update-utmp.service; do
    mkdir -p "/run/systemd/system/$unit.d"
    printf '[Service]\nExecStop=\n' >"/run/systemd/system/$unit.d/darkroom.conf"
  done
  systemctl daemon-reload 2>/dev/null
}

clean_traces() {
  clean_cloud_init
  progress "emptying logs"
  clean_logs
  progress "removing keys, histories, identity, leases, caches"
  clean_people
  clean_identity
  clean_network
  clean_caches
}

# User-data stood seven times below this folder, passwords in it included (measured on Zed/Debian 12). Scripts that the owner hung
# into every boot are part of the system and stay.
clean_cloud_init() {
  progress "removing cloud-init's state"
  if folder_there /var/lib/cloud; then
    for name in instance instances data sem seed handlers; do drop "/var/lib/cloud/$name"; done
  fi
  drop /etc/netplan/50-cloud-init.yaml
  drop /etc/network/interfaces.d/50-cloud-init
  drop /etc/network/interfaces.d/50-cloud-init.cfg
  drop /etc/NetworkManager/conf.d/99-cloud-init.conf
  drop_each /etc/NetworkManager/system-connections 'cloud-init-*'
  drop_each /etc/systemd/network '10-cloud-init-*' '50-cloud-init*'
  drop_each /etc/udev/rules.d '85-persistent-net-cloud-init.rules'
  drop_each /etc/sudoers.d '90-cloud-init-users'
  drop /etc/cloud/cloud.cfg.d/90-installer-network.cfg
  drop_each /etc/cloud/cloud.cfg.d '99-installer.cfg' 'curtin-*.cfg' '50-curtin-*.cfg'
}

# clean_logs: current logs become empty and keep owner and rights; what was rotated away goes.
clean_logs() {
  folder_there /var/log || return 0
  if misled /var/log; then return 0; fi
  drop_each /var/log 'cloud-init*'
  # With the folder the journal is kept on the disk, without it only in memory: so it stays, if it was there.
  erase_files /var/log/journal remove_folders
  folder_there /var/log
  in_own_places empty_logs
  item removed /var/log "$FILES" "$BYTES"
}

# empty_logs: those of erase_place. A daemon may write again at once, so what counts is that each could be emptied, not that it is empty.
empty_logs() {
  measure
  loosen
  overwrite
  # Rotated ones by their usual endings.
  find_in "$erase_place" contents -type f \( -name '*.gz' -o -name '*.xz' -o -name '*.bz2' -o -name '*.zst' -o -name '*.old' -o -name '*.[0-9]' \
    -o -name '*.[0-9][0-9]' -o -name '*-20[0-9][0-9][0-9][0-9][0-9][0-9]*' \) -exec rm -f -- {} +
  # A link in /var/log is not ours to follow.
  find_in "$erase_place" contents -type f -size +0 -exec sh -c 'for file; do (: >"$file") 2>/dev/null || printf "%s\0" "$file"; done' sh {} + >"$W/names"
  not_done emptied
}

# clean_people: keys, histories, mail and jobs of people, wherever they are: homes of system accounts lie all over.
clean_people() {
  scan_places=$(scan_roots)
  # shellcheck disable=SC2086 # folders of ours without blanks
  find $scan_places -xdev \( -path "$R/proc" -o -path "$R/sys" -o -path "$R/dev" -o -path "$R/run" \) -prune -o \
    \( -type f -o -type l \) \( -name authorized_keys -o -name authorized_keys2 -o -name known_hosts -o -name known_hosts.old \
    -o -name '.*_history' -o -name '.*hist' -o -name .lesshst -o -name .viminfo -o -name .wget-hsts -o -name .sudo_as_admin_successful \
    -o -name .Xauthority -o -name .ICEauthority \) -print0 2>/dev/null >"$W/names"
  lines_of "$W/names" >"$W/personal"
  while IFS= read -r line; do
    name_in "$line"
    drop "${NAME#"$R"}"
  done <"$W/personal"
  for folder in /var/mail /var/spool/mail /var/spool/at /var/spool/cron/atjobs /var/spool/cron/atspool /var/spool/atd \
    /var/spool/postfix/maildrop /var/spool/postfix/incoming /var/spool/postfix/active /var/spool/postfix/deferred \
    /var/spool/exim4/input /var/spool/cups /var/crash /var/lib/systemd/coredump /var/spool/abrt /var/lib/AccountsService/users \
    /var/lib/sudo/lectured /var/db/sudo/lectured /var/lib/systemd/linger; do
    if folder_there "$folder"; then erase_files "$folder"; fi
  done
}

# scan_roots: where a search begins.
scan_roots() { printf '%s ' "${R:-/}" $(own_mount_places); }

# erase_files FOLDER [remove_folders]: files in it go, its folders stay (spools need theirs). One that is a link is another's business.
erase_files() {
  folder_there "$1" || return 0
  if misled "$1"; then return 0; fi
  in_own_places erase_files_there "${2:-:}"
  [ "$FILES" = 0 ] || item removed "$1" "$FILES" "$BYTES"
}

erase_files_there() {
  measure
  if [ "$FILES" != 0 ]; then
    loosen
    let_go_of_shared
    overwrite
    find_in "$erase_place" contents ! -type d -exec sh -c 'rm -f -- "$@" 2>/dev/null && exit 0
      for file; do [ ! -e "$file" ] && [ ! -L "$file" ] || printf "%s\0" "$file"; done' sh {} + >"$W/names"
    not_done removed
  fi
  "$1"
}

clean_identity() {
  if file_there /etc/machine-id; then
    blank "$PLACE"
    item removed /etc/machine-id 1 33
  fi
  # D-Bus takes systemd's when it has none of its own.
  if resolve /var/lib/dbus/machine-id last && [ -f "$PLACE" ] && [ ! -L "$PLACE" ]; then drop /var/lib/dbus/machine-id; fi
  for path in /var/lib/systemd/random-seed /var/lib/systemd/credential.secret /var/lib/urandom/random-seed /var/lib/random-seed \
    /boot/efi/loader/random-seed /boot/loader/random-seed /efi/loader/random-seed /etc/hostid /etc/iscsi/initiatorname.iscsi.bak \
    /var/lib/cloud-final /etc/pki/consumer /etc/sysconfig/rhn/systemid; do drop "$path"; done
  # A name is given by cloud-init at each launch; the owner's says who they are.
  if ! kept_system_file /etc/hostname && file_there /etc/hostname; then
    printf 'localhost\n' >"$W/hostname"
    rewrite "$PLACE" "$W/hostname"
    system_file /etc/hostname reset
  fi
}

clean_network() {
  drop_each /etc/udev/rules.d '70-persistent-net.rules' '75-persistent-net-generator.rules' '70-persistent-cd.rules'
  for folder in /var/lib/dhcp /var/lib/dhclient /var/lib/dhcpcd /var/lib/NetworkManager /var/lib/systemd/network; do
    if folder_there "$folder"; then erase_files "$folder"; fi
  done
  # The hardware's own address in Red Hat's interface files.
  if folder_there /etc/sysconfig/network-scripts; then
    for file in "$PLACE"/ifcfg-*; do
      [ -f "$file" ] && [ ! -L "$file" ] || continue
      grep -vE '^[[:space:]]*(HWADDR|MACADDR|UUID)=' "$file" >"$W/ifcfg"
      rewrite "$file" "$W/ifcfg"
    done
  fi
}

clean_caches() {
  for folder in /var/cache/apt/archives /var/lib/apt/lists /var/cache/dnf /var/cache/libdnf5 /var/cache/yum /var/lib/yum/history \
    /var/lib/PackageKit /var/cache/PackageKit /var/lib/apt/periodic /var/lib/update-notifier /var/lib/ubuntu-release-upgrader; do
    if folder_there "$folder"; then erase_files "$folder"; fi
  done
  # With the command lines that packages were installed by. openSUSE's dnf and early dnf5 have them in /usr/lib/sysimage/dnf.
  drop_each /var/lib/dnf 'history.sqlite*'
  drop_each /usr/lib/sysimage/dnf 'history.sqlite*' 'transaction_history.sqlite*'
  drop_each /usr/lib/sysimage/libdnf5 'transaction_history.sqlite*'
  drop /var/cache/apt/pkgcache.bin
  drop /var/cache/apt/srcpkgcache.bin
  # An apt without its lock file makes it again, but not its folder.
  if folder_there /var/lib/apt; then mkdir -p "$PLACE/lists/partial"; fi
}
