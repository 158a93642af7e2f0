# shellcheck shell=dash
# Accounts of people: uid 1000 to 59999. Removed, or locked where something in the image still needs them. No password is ever set.

clean_accounts() {
  file_there /etc/passwd || { problem "there is no /etc/passwd"; return 0; }
  progress "removing accounts"
  awk -F : '$3 ~ /^[0-9]+$/ && $3 + 0 >= 1000 && $3 + 0 <= 59999 { print $1 ":" $3 }' "$PLACE" >"$W/people"
  owners_elsewhere
  : >"$W/gone"
  : >"$W/locked"
  while IFS=: read -r account uid; do
    why=
    if to_be_kept /etc/passwd; then why="/etc/passwd stays as it is, as approved"
    elif grep -qx "$uid" "$W/owners"; then why="it owns files outside of what was removed: $(owned_by "$uid")"
    else why=$(named_by "$account" "$uid"); fi
    if [ -n "$why" ]; then
      printf '%s\n' "$account" >>"$W/locked"
      item account "$(encode "$account")" "$uid" locked "$(encode "$why")"
    else
      printf '%s\n' "$account" >>"$W/gone"
      item account "$(encode "$account")" "$uid" removed ''
    fi
  done <"$W/people"
  rewrite_accounts
  drop_each /var/spool/cron/crontabs "$(people_pattern)"
  drop_each /var/spool/cron "$(people_pattern)"
}

# people_pattern: their names, which /etc/passwd keeps free of blanks and wildcards; anything else is left out.
people_pattern() { awk -F : '$1 ~ /^[A-Za-z0-9_.-]+$/ { print $1 }' "$W/people" | tr '\n' ' '; }

# owners_elsewhere: uids that own something that is still there. In a folder that a test made, owners mean nothing.
owners_elsewhere() {
  : >"$W/owners"
  [ -n "$AS_ROOT" ] && [ -s "$W/people" ] || return 0
  set --
  while IFS=: read -r _ uid; do
    set -- "$@" ${1:+-o} -user "$uid"
  done <"$W/people"
  for place in "${R:-/}" $(own_mount_places); do
    find "$place" -xdev \( "$@" \) -exec stat -c '%u %n' {} + 2>/dev/null
  done | awk -v root="$R" '!seen[$1]++ { path = substr($0, index($0, " ") + 1); if (index(path, root "/") == 1) path = substr(path, length(root) + 1); print $1, path }' >"$W/owned"
  awk '{ print $1 }' "$W/owned" >"$W/owners"
}

# The points of own partitions, seen from here; one with a blank in its name is left out.
own_mount_places() { awk -v root="$R" '$3 !~ /\\/ { print root $3 }' "$OWN_MOUNTS"; }

owned_by() { awk -v uid="$1" '$1 == uid { print substr($0, index($0, " ") + 1); exit }' "$W/owned"; }

# named_by ACCOUNT UID: the unit or system crontab that runs something as this account.
named_by() {
  for folder in /etc/systemd/system /usr/lib/systemd/system /lib/systemd/system /usr/local/lib/systemd/system; do
    folder_there "$folder" || continue
    unit=$(find "$PLACE" -xdev -type f -exec awk -v name="$1" -v uid="$2" '
      /^[ \t]*User[ \t]*=/ { value = $0; sub(/^[^=]*=[ \t]*/, "", value); sub(/[ \t]+$/, "", value)
        if (value == name || value == uid) { print FILENAME; exit } }' {} + 2>/dev/null | head -n 1)
    if [ -n "$unit" ]; then printf 'a unit runs as it: %s' "${unit#"$R"}"; return 0; fi
  done
  for folder in /etc/crontab /etc/cron.d; do
    there "$folder" || continue
    tab_file=$(find "$PLACE" -xdev -type f -exec awk -v name="$1" '
      !/^[ \t]*(#|$)/ && $1 !~ /=/ { user = ($1 ~ /^@/) ? $2 : $6; if (user == name) { print FILENAME; exit } }' {} + 2>/dev/null | head -n 1)
    if [ -n "$tab_file" ]; then printf 'a crontab runs as it: %s' "${tab_file#"$R"}"; return 0; fi
  done
}

# rewrite_accounts: the four files without who is gone; password hashes of people, of root and of system accounts are their owner's
# secret and a way in, so every hash becomes a lock. Groups of people go when nobody is left in them.
rewrite_accounts() {
  # Whose account it was is nobody's business, though its name must stay.
  edit_accounts /etc/passwd '!($1 in gone) { if ($1 in locked) $5 = ""; print }'
  edit_accounts /etc/shadow '!($1 in gone) { if ($2 ~ /^!*[^!*]/ || $2 == "") $2 = ($1 in locked) ? "!*" : "*"; print }'
  awk -F : '{ print $4 }' "$PASSWD" >"$W/groups-in-use"
  # shellcheck disable=SC2016
  without_gone='
    function members(list, all, count, i, left) {
      count = split(list, all, ",")
      for (i = 1; i <= count; i++) if (!(all[i] in gone)) left = left (left == "" ? "" : ",") all[i]
      return left
    }'
  edit_accounts /etc/group "$without_gone"'
    { $4 = members($4); if ($3 + 0 < 1000 || $3 + 0 > 59999 || $4 != "" || ($3 in used)) print; else print $1 > groups }'
  edit_accounts /etc/gshadow "$without_gone"'
    !($1 in group_gone) { if ($2 ~ /^!*[^!*]/) $2 = "!"; $3 = members($3); $4 = members($4); print }'
  edit_accounts /etc/subuid '!($1 in gone)'
  edit_accounts /etc/subgid '!($1 in gone)'
  # Copies of them: passwd's own, those of Debian's and Ubuntu's daily job, and pam_pwhistory's old hashes.
  for name in passwd shadow group gshadow subuid subgid; do drop "/etc/$name-"; drop "/var/backups/$name.bak"; done
  if file_there /etc/security/opasswd; then blank "$PLACE"; fi
  drop /etc/sudoers.d/90-cloud-init-users
}

# edit_accounts PATH PROGRAM
edit_accounts() {
  file_there "$1" || { system_file "$1" absent; return 0; }
  # Who is left, for the groups: as the file will be, though it may be kept.
  case $1 in /etc/passwd) PASSWD=$PLACE ;; esac
  if kept_system_file "$1"; then return 0; fi
  : >>"$W/groups-gone"
  awk -F : -v OFS=: -v gone_file="$W/gone" -v locked_file="$W/locked" -v used_file="$W/groups-in-use" -v groups="$W/groups-gone" '
    BEGIN {
      while ((getline name < gone_file) > 0) gone[name]
      while ((getline name < locked_file) > 0) locked[name]
      while ((getline name < used_file) > 0) used[name]
      while ((getline name < groups) > 0) group_gone[name]
      close(groups)
    }
    '"$2" "$PLACE" >"$W/edited"
  rewrite "$PLACE" "$W/edited"
  system_file "$1" reset
}
