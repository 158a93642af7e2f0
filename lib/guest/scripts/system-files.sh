# shellcheck shell=dash
# The system files that are set back: to the package's own default where the guest has it, else to a plain one.

clean_system_files() {
  progress "setting system files back"
  reset_fstab
  reset_file /etc/hosts <<'TEXT'
127.0.0.1 localhost
::1 localhost ip6-localhost ip6-loopback
ff02::1 ip6-allnodes
ff02::2 ip6-allrouters
TEXT
  reset_file /etc/hosts.allow </dev/null
  reset_file /etc/hosts.deny </dev/null
  reset_file /etc/host.conf <<'TEXT'
multi on
TEXT
  reset_resolver
  reset_sshd
  for path in /etc/sysconfig/iptables /etc/sysconfig/ip6tables; do
    reset_file "$path" <<'TEXT'
*filter
:INPUT ACCEPT [0:0]
:FORWARD ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
-A INPUT -m state --state RELATED,ESTABLISHED -j ACCEPT
-A INPUT -p icmp -j ACCEPT
-A INPUT -i lo -j ACCEPT
-A INPUT -p tcp -m state --state NEW -m tcp --dport 22 -j ACCEPT
-A INPUT -j REJECT
-A FORWARD -j REJECT
COMMIT
TEXT
  done
  for path in /etc/iptables/rules.v4 /etc/iptables/rules.v6; do
    reset_file "$path" <<'TEXT'
*filter
:INPUT ACCEPT [0:0]
:FORWARD ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
COMMIT
TEXT
  done
  for path in /etc/ldap.conf /etc/ldap/ldap.conf /etc/openldap/ldap.conf; do
    reset_file "$path" </dev/null
  done
  # Passwords for a directory service stand in files of their own beside ldap.conf.
  for path in /etc/ldap.secret /etc/pam_ldap.secret /etc/libnss-ldap.secret; do
    if ! kept_system_file "$path"; then drop "$path"; fi
  done
}

system_file() { item systemFile "$(encode "$1")" "$2"; }

# kept_system_file PATH: as `to_be_kept`, and told.
kept_system_file() {
  to_be_kept "$1" || return 1
  if there "$1"; then system_file "$1" kept; else system_file "$1" absent; fi
}

# to_be_kept PATH: staff approved that it stays as the owner made it: it, or a folder that it is in.
to_be_kept() {
  [ -e "$W/kept-system" ] || job kept-system >"$W/kept-system"
  while IFS= read -r kept_path; do
    case $1 in "$kept_path" | "$kept_path"/*) return 0 ;; esac
  done <"$W/kept-system"
  return 1
}

# reset_file PATH: to what standard input says, if the guest has such a file.
reset_file() {
  cat >"$W/wanted"
  if kept_system_file "$1"; then return 0; fi
  if file_there "$1"; then
    rewrite "$PLACE" "$W/wanted"
    system_file "$1" reset
  else
    system_file "$1" absent
  fi
}

# rewrite PLACE NEW: in place, so that owner, rights and label stay; what stood there is overwritten before.
rewrite() {
  cmp -s "$1" "$2" && return 0
  blank "$1"
  cat "$2" >"$1" 2>>"$W/errors" || problem "${1#"$R"} could not be set back"
}

# reset_fstab: only what belongs to the root disk stays.
reset_fstab() {
  if kept_system_file /etc/fstab; then return 0; fi
  file_there /etc/fstab || { system_file /etc/fstab absent; return 0; }
  fstab=$PLACE
  : >"$W/fstab"
  while IFS= read -r entry || [ -n "$entry" ]; do
    if belongs_to_root_disk "$entry"; then printf '%s\n' "$entry" >>"$W/fstab"; fi
  done <"$fstab"
  rewrite "$fstab" "$W/fstab"
  system_file /etc/fstab reset
}

belongs_to_root_disk() {
  # shellcheck disable=SC2086 # fields are separated by blanks
  set -f -- $1
  set +f
  case ${1:-#} in '#'*) return 0 ;; esac
  case ${4:-} in *comment=cloudconfig* | *_netdev*) return 1 ;; esac
  case ${3:-} in
    nfs* | cifs | smb* | fuse* | ceph | glusterfs | lustre | 9p | virtiofs | afs | sshfs | davfs) return 1 ;;
    tmpfs | proc | sysfs | devpts | devtmpfs | cgroup* | securityfs | debugfs | tracefs | configfs | mqueue | hugetlbfs | efivarfs | binfmt_misc) return 0 ;;
  esac
  case ${2:-} in /) return 0 ;; /mnt | /mnt/* | /media/*) return 1 ;; esac
  if [ -n "$REAL_ROOT" ] && [ -n "${disk:-}" ]; then
    found=
    case $1 in
      /dev/*) found=$1 ;;
      UUID=* | LABEL=* | PARTUUID=* | PARTLABEL=*) found=$(blkid -t "$1" -o device 2>/dev/null | head -n 1) ;;
    esac
    # A swap file, or a folder bound elsewhere, is on the root disk itself. A file that was removed would be a failed unit at each boot.
    case $1 in
      /dev/* | *=*) ;;
      /*) [ "${3:-}" != swap ] || there "$(decode "$(printf '%s' "$1" | octal_of_proc)")"; return ;;
    esac
    [ -n "$found" ] && [ -b "$found" ] && [ "$(disk_of "$found")" = "$disk" ]
    return
  fi
  # Which disk a name stands for cannot be asked here: by the usual names.
  case $1 in /dev/vd[b-z]* | /dev/sd[b-z]* | /dev/xvd[b-z]* | //* | *:/*) return 1 ;; esac
  case ${2:-} in /boot | /boot/* | /efi | /usr | /usr/* | /var | /var/* | /home | /home/* | /opt | /srv | /tmp | none | swap) return 0 ;; esac
  return 1
}

reset_resolver() {
  # A link into /run is the resolver's own doing and says nothing of the owner's network.
  if resolve /etc/resolv.conf last && [ -L "$PLACE" ]; then system_file /etc/resolv.conf reset; return 0; fi
  reset_file /etc/resolv.conf </dev/null
}

# reset_sshd: settings to the package's own where it ships a copy (Debian, Ubuntu), else to what every distribution agrees on; then
# drop-ins that no package brought; then the host keys, whatever is to be kept: they are this one machine's.
reset_sshd() {
  reset_sshd_settings
  # Named in the report whether there or not: S1 says /etc/sshd, which no distribution has.
  drop_each /etc/ssh 'ssh_host_*'
}

reset_sshd_settings() {
  if file_there /usr/share/openssh/sshd_config; then
    reset_file /etc/ssh/sshd_config <"$PLACE"
  else
    sftp=internal-sftp
    { if folder_there /etc/ssh/sshd_config.d; then echo 'Include /etc/ssh/sshd_config.d/*.conf'; fi
      printf '%s\n' 'AuthorizedKeysFile .ssh/authorized_keys' 'UsePAM yes' 'X11Forwarding yes' "Subsystem sftp $sftp"
      if ! folder_there /etc/ssh/sshd_config.d; then printf '%s\n' 'PasswordAuthentication no' 'KbdInteractiveAuthentication no'; fi
    } >"$W/sshd_config"
    reset_file /etc/ssh/sshd_config <"$W/sshd_config"
  fi
  if folder_there /etc/ssh/sshd_config.d; then
    drop_in_folder=$PLACE
    for drop_in in "$drop_in_folder"/*; do
      [ -f "$drop_in" ] || continue
      path=/etc/ssh/sshd_config.d/${drop_in##*/}
      if kept_system_file "$path" || of_a_package "$path"; then continue; fi
      drop "$path"
      system_file "$path" reset
    done
  fi
}

# of_a_package PATH: dpkg's lists are text; rpm's files are asked for, or known by their name.
of_a_package() {
  if folder_there /var/lib/dpkg/info; then
    grep -qsxF -- "$1" "$PLACE"/*.list
  elif [ -n "$REAL_ROOT" ] && command -v rpm >/dev/null 2>&1; then
    rpm -qf --quiet "$1" 2>/dev/null
  else
    case $1 in */*redhat*.conf) return 0 ;; *) return 1 ;; esac
  fi
}
