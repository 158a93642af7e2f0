# shellcheck shell=bash
# libvirt as root without cgroups, namespaces or a security driver, so that it works inside a container too. Sourced by up.

QEMU_CONF=/etc/libvirt/qemu.conf # compiled into libvirt: the original is kept beside it and `down --purge` puts it back

start_hypervisor() {
  alive libvirtd && return 0
  mkdir -p "$ETC/libvirt" /run/libvirt /var/lib/libvirt/qemu /etc/libvirt
  write_file "$ETC/libvirt/libvirtd.conf" <<E
unix_sock_group = "root"
auth_unix_rw = "none"
auth_unix_ro = "none"
log_level = 3
E
  [ -e "$QEMU_CONF.orig" ] || cp -p "$QEMU_CONF" "$QEMU_CONF.orig"
  write_file "$QEMU_CONF" <<E
user = "root"
group = "root"
dynamic_ownership = 0
remember_owner = 0
security_driver = "none"
namespaces = []
cgroup_controllers = []
stdio_handler = "logd"
E
  spawn virtlogd virtlogd
  wait_for 10 virtlogd test -S /run/libvirt/virtlogd-sock
  spawn libvirtd libvirtd --config "$ETC/libvirt/libvirtd.conf"
}

hypervisor_answers() { virsh -c qemu:///system version; }
