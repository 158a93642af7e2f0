# shellcheck shell=dash
# Secrets that lie outside of what was removed: named by path and kind, never by content. A search with bounds: folders that
# packages fill are passed over, files above 128 KiB too, and it ends after ten minutes.

secret_scan_limit=600

find_secrets() {
  progress "looking for secrets"
  finder=$(secret_finder) || give_up "this guest's grep cannot look for secrets"
  # shellcheck disable=SC2046,SC2086 # folders of ours without blanks; paths to pass over
  timeout "$secret_scan_limit" find $(scan_roots) -xdev $(passed_over) -type f -size -257 -size +0 \
    -exec sh -c "$finder" "$secret_contents" {} + 2>/dev/null >"$W/names"
  [ $? != 124 ] || item secret / "the search was not finished within $secret_scan_limit s"
  # shellcheck disable=SC2046,SC2086
  timeout "$secret_scan_limit" find $(scan_roots) -xdev $(passed_over) -type f -size +0 \
    \( -name .netrc -o -name .pgpass -o -name .git-credentials -o -path '*/.kube/config' -o -path '*/.aws/credentials' -o -path '*/.docker/config.json' \
    -o -name clouds.yaml -o -name secure.yaml -o -name '*openrc*' -o -name .npmrc -o -name .pypirc -o -name .s3cfg -o -name rclone.conf \
    -o -name '*.kdbx' -o -name '*.p12' -o -name '*.pfx' -o -name '*.jks' -o -name krb5.keytab -o -name .vault-token -o -name .boto \
    -o -name application_default_credentials.json -o -name .irodsA -o -name '*.ovpn' \) -print0 2>/dev/null >>"$W/names"
  lines_of "$W/names" | sort -u >"$W/suspects"
  looked_at=0
  while IFS= read -r line; do
    name_in "$line"
    looked_at=$((looked_at + 1))
    # Nobody reads so many; but what was not looked at is not said to be none.
    if [ "$looked_at" -gt 2000 ]; then kind='not looked at'; else kind=$(kind_of_secret "$NAME"); fi
    [ -z "$kind" ] || item secret "$(encode "${NAME#"$R"}")" "$kind"
  done <"$W/suspects"
}

# secret_finder: the program that prints those of its files that hold $0, each with a NUL behind it; tried on a secret of our own
# first, for a search that finds nothing looks like a guest that has none. BusyBox's grep has no -Z.
secret_finder() {
  printf '%s\n' '-----BEGIN PRIVATE KEY-----' >"$W/a secret"
  for program in "$find_by_names" "$find_one_by_one"; do
    if [ "$(sh -c "$program" "$secret_contents" "$W/a secret" /dev/null 2>/dev/null | tr '\0' '|')" = "$W/a secret|" ]; then
      rm -f "$W/a secret"
      printf '%s' "$program"
      return 0
    fi
  done
  return 1
}

# shellcheck disable=SC2016 # run by find, with many files at once
find_by_names='grep -lZaE -e "$0" -- "$@"'
# shellcheck disable=SC2016
find_one_by_one='for file; do if grep -qaE -e "$0" -- "$file"; then printf "%s\0" "$file"; fi; done'

passed_over() {
  printf '%s' '( '
  separator=
  for folder in proc sys dev run boot usr/bin usr/sbin usr/lib usr/lib32 usr/lib64 usr/libexec usr/share usr/include usr/src lib lib32 lib64 bin sbin \
    var/lib/dpkg var/lib/rpm var/cache var/lib/apt etc/ssl/certs etc/pki/ca-trust snap var/lib/snapd; do
    printf '%s-path %s ' "$separator" "$R/$folder"
    separator='-o '
  done
  printf '%s' ') -prune -o'
}

# Of crypt(5), in a line of shadow, of htpasswd, of opasswd, of a cloud-config; and GRUB's. Bare ones stand in many a library's tests.
password_hash='^[A-Za-z0-9._-]+:([0-9]+:[0-9]+:)?[$](apr1|1|2[abxy]?|5|6|7|y|gy)[$]|passw(or)?d: *.?[$](5|6|y|gy)[$]|grub[.]pbkdf2[.]sha512[.]'
secret_contents='-----BEGIN [A-Z ]*PRIVATE KEY|PuTTY-User-Key-File|AKIA[0-9A-Z]{16}|aws_secret_access_key|gh[pousr]_[A-Za-z0-9]{36}|glpat-[A-Za-z0-9_-]{20}|xox[abprs]-[A-Za-z0-9-]{10}|"private_key_id"|OS_PASSWORD=|OS_APPLICATION_CREDENTIAL_SECRET=|client-key-data:|_authToken=|machine [^ ]+ login [^ ]+ password|ldap_default_authtok|^[[:space:]]*bindpw[[:space:]]|hf_[A-Za-z]{34}|'"$password_hash"

kind_of_secret() {
  case $1 in
    */.netrc) echo netrc; return ;;
    */.pgpass) echo pgpass; return ;;
    */.git-credentials) echo git-credentials; return ;;
    */.kube/config) echo kubeconfig; return ;;
    */.aws/credentials | */.boto | */.s3cfg | */rclone.conf | */application_default_credentials.json) echo cloud-credentials; return ;;
    */.docker/config.json) grep -q '"auth"' "$1" && echo registry-credentials; return ;;
    */clouds.yaml | */secure.yaml | *openrc*) grep -qiE 'password|secret' "$1" && echo openstack-credentials; return ;;
    *.kdbx | *.p12 | *.pfx | *.jks | */krb5.keytab) echo key-store; return ;;
    */.vault-token | */.irodsA) echo token; return ;;
    */.npmrc | */.pypirc) grep -qiE 'token|password|_auth' "$1" && echo registry-credentials; return ;;
  esac
  if grep -qaE -e '-----BEGIN [A-Z ]*PRIVATE KEY|PuTTY-User-Key-File' -- "$1"; then echo private-key
  elif grep -qaE 'client-key-data:' -- "$1"; then echo kubeconfig
  elif grep -qaE 'OS_PASSWORD=|OS_APPLICATION_CREDENTIAL_SECRET=' -- "$1"; then echo openstack-credentials
  elif grep -qaE 'AKIA[0-9A-Z]{16}|aws_secret_access_key|"private_key_id"' -- "$1"; then echo cloud-credentials
  elif grep -qaE 'machine [^ ]+ login [^ ]+ password' -- "$1"; then echo netrc
  elif grep -qaE 'ldap_default_authtok|^[[:space:]]*bindpw[[:space:]]+[^[:space:]]' -- "$1"; then
    # A setting that is commented out is none.
    grep -qE '^[[:space:]]*(ldap_default_authtok|bindpw)' "$1" && echo directory-password
  elif grep -qaE -e "$password_hash" -- "$1"; then echo password-hash
  elif grep -qaE -e "$secret_contents" -- "$1"; then echo token
  fi
}

# virtio_names: where fstab, boot loader or kernel command line name the disk as virtio-blk's: then its bus must stay.
virtio_names() {
  for path in /etc/fstab /etc/crypttab /etc/default/grub /etc/kernel/cmdline /boot/grub/grub.cfg /boot/grub2/grub.cfg /boot/grub/menu.lst \
    /boot/extlinux/extlinux.conf /boot/syslinux/syslinux.cfg /boot/grub/device.map /boot/grub2/device.map /etc/lilo.conf; do
    if file_there "$path"; then virtio_lines "$PLACE" "$path"; fi
  done
  for folder in /boot/loader/entries /etc/default/grub.d /boot/efi/EFI /efi/loader/entries; do
    folder_there "$folder" || continue
    find "$PLACE" -xdev -type f \( -name '*.conf' -o -name '*.cfg' \) 2>/dev/null >"$W/loaders"
    while IFS= read -r loader; do virtio_lines "$loader" "${loader#"$R"}"; done <"$W/loaders"
  done
  [ -z "$REAL_ROOT" ] || virtio_lines /proc/cmdline /proc/cmdline
}

virtio_lines() {
  awk '!/^[ \t]*#/ && /\/dev\/vd[a-z]/ { sub(/^[ \t]+/, ""); printf "%d: %s\n", NR, substr($0, 1, 160) }' "$1" | head -n 5 |
    while IFS= read -r where; do item namesVirtioDisk "$(encode "$2:$where")"; done
}
