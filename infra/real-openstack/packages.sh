# shellcheck shell=bash
# What is installed from Debian 12's packages, and how without starting any of it. Sourced by up.

PACKAGES=(
  keystone glance-api placement-api neutron-server
  nova-api nova-conductor nova-scheduler nova-compute nova-compute-qemu
  rabbitmq-server mariadb-server libvirt-daemon-system libvirt-clients qemu-system-x86 qemu-utils
  python3-openstackclient python3-openstacksdk python3-pymysql
  uwsgi-core uwsgi-plugin-python3
  genisoimage e2fsprogs sudo curl iproute2 mount procps
)
CINDER_PACKAGES=(cinder-api cinder-scheduler cinder-volume python3-cinderclient)
GUEST_PACKAGES=(debootstrap extlinux syslinux-common)

POLICY=/usr/sbin/policy-rc.d
POLICY_MARK='# made by real-openstack/up'
# timeout runs with --foreground, so that apt stays in this script's process group and ends with it.
APT_UPDATE_LIMIT_S=300
APT_INSTALL_LIMIT_S=1500

install_packages() {
  with_cinder && PACKAGES+=("${CINDER_PACKAGES[@]}")
  with_guest && PACKAGES+=("${GUEST_PACKAGES[@]}")
  local missing
  mapfile -t missing < <(missing_packages)
  [ ${#missing[@]} -gt 0 ] || return 0
  say "installing: ${missing[*]}"
  forbid_service_starts
  timeout --foreground -k 30 "$APT_INSTALL_LIMIT_S" dpkg --configure -a >"$LOG/dpkg-configure.log" 2>&1 </dev/null 9>&- ||
    die_with_log "$LOG/dpkg-configure.log" "dpkg --configure -a" # an earlier run may have been killed in the middle
  timeout --foreground -k 30 "$APT_UPDATE_LIMIT_S" apt-get -o Acquire::Retries=3 update >"$LOG/apt-update.log" 2>&1 </dev/null 9>&- ||
    die_with_log "$LOG/apt-update.log" "apt-get update"
  timeout --foreground -k 30 "$APT_INSTALL_LIMIT_S" apt-get install -y --no-install-recommends \
    -o Acquire::Retries=3 -o DPkg::Lock::Timeout=300 -o Dpkg::Options::=--force-confold -o Dpkg::Options::=--force-unsafe-io \
    "${missing[@]}" >"$LOG/apt-install.log" 2>&1 </dev/null 9>&- || die_with_log "$LOG/apt-install.log" "apt-get install"
  allow_service_starts
}

missing_packages() {
  local package
  for package in "${PACKAGES[@]}"; do
    # shellcheck disable=SC2016 # dpkg-query expands it
    [ "$(dpkg-query -W -f='${Status}' "$package" 2>/dev/null)" = "install ok installed" ] || echo "$package"
  done
}

# Debian starts a service when its package is installed. These are started by hand, with other files: a policy-rc.d that
# says "forbidden" (101) holds them back meanwhile. One that was there before is left alone.
forbid_service_starts() {
  trap allow_service_starts EXIT
  [ ! -e "$POLICY" ] || return 0
  printf '#!/bin/sh\n%s\nexit 101\n' "$POLICY_MARK" >"$POLICY"
  chmod 755 "$POLICY"
}

allow_service_starts() {
  ! grep -qsF "$POLICY_MARK" "$POLICY" || rm -f "$POLICY"
}
