# shellcheck shell=bash
# Placement and Nova: one host, guests under libvirt, a config drive for every server, no network agents. Sourced by up.

configure_placement() {
  mkdir -p "$ETC/placement"
  write_file "$ETC/placement/placement.conf" <<E
[api]
auth_strategy = keystone
[placement_database]
connection = $(database_url placement)
$(keystone_authtoken placement)
E
}

configure_nova() {
  mkdir -p "$ETC/nova" "$DATA/nova/instances" "$DATA/nova/mnt" "$DATA/locks"
  # iso9660, because vfat may be missing in the kernel. cpu_mode none and no VNC: guests run under emulation.
  write_file "$ETC/nova/nova.conf" <<E
[DEFAULT]
host = $HOST_NAME
my_ip = 127.0.0.1
transport_url = $QUEUE_URL
state_path = $DATA/nova
instances_path = $DATA/nova/instances
enabled_apis = osapi_compute
osapi_compute_listen = 127.0.0.1
osapi_compute_workers = 1
metadata_workers = 1
use_stderr = true
compute_driver = libvirt.LibvirtDriver
force_config_drive = true
config_drive_format = iso9660
vif_plugging_is_fatal = false
vif_plugging_timeout = 0
reserved_host_memory_mb = 512
cpu_allocation_ratio = 16
ram_allocation_ratio = 4
disk_allocation_ratio = 16
sync_power_state_interval = 60
allow_resize_to_same_host = true
shutdown_timeout = 20
block_device_allocate_retries = 60
[api]
auth_strategy = keystone
[api_database]
connection = $(database_url nova_api)
[database]
connection = $(database_url nova)
[wsgi]
api_paste_config = /etc/nova/api-paste.ini
[conductor]
workers = 1
[scheduler]
workers = 1
discover_hosts_in_cells_interval = 10
[glance]
api_servers = $IMAGE_URL
num_retries = 1
[vnc]
enabled = false
[spice]
enabled = false
[libvirt]
virt_type = $VIRT_TYPE
cpu_mode = none
connection_uri = qemu:///system
inject_partition = -2
images_type = qcow2
hw_disk_discard = $DISCARD
nfs_mount_point_base = $DATA/nova/mnt
volume_use_multipath = false
[oslo_concurrency]
lock_path = $DATA/locks
$(keystone_authtoken nova)
$(service_client placement placement)
$(service_client neutron neutron)
service_metadata_proxy = false
$(service_client service_user nova)
send_service_user_token = true
$(service_client cinder nova)
catalog_info = volumev3::publicURL
[notifications]
notification_format = versioned
notify_on_state_change = vm_and_task_state
$(events)
E
  configure_nova_compute
}

# nova-compute refuses to start when its file names a database.
configure_nova_compute() {
  local cpu_mode=none
  [ "$VIRT_TYPE" != kvm ] || cpu_mode=host-passthrough
  sed -E "/^\[(api_)?database\]\$/,/^connection/d; s/^cpu_mode = .*/cpu_mode = $cpu_mode/" "$ETC/nova/nova.conf" |
    write_file "$ETC/nova/nova-compute.conf"
}
