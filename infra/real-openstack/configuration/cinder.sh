# shellcheck shell=bash
# Cinder with its NFS driver, whose "share" is a folder of this machine (volume-share.sh says how). Sourced by up.

configure_cinder() {
  mkdir -p "$ETC/cinder" "$DATA/cinder/mnt" "$DATA/cinder/conversion" "$DATA/locks"
  write_file "$ETC/cinder/cinder.conf" <<E
[DEFAULT]
host = $HOST_NAME
my_ip = 127.0.0.1
transport_url = $QUEUE_URL
auth_strategy = keystone
state_path = $DATA/cinder
osapi_volume_listen = 127.0.0.1
osapi_volume_workers = 1
api_paste_config = /etc/cinder/api-paste.ini
rootwrap_config = /etc/cinder/rootwrap.conf
use_stderr = true
enabled_backends = nfs
default_volume_type = nfs
glance_api_servers = $IMAGE_URL
image_conversion_dir = $DATA/cinder/conversion
[nfs]
volume_driver = cinder.volume.drivers.nfs.NfsDriver
volume_backend_name = nfs
nfs_shares_config = $ETC/cinder/nfs_shares
nfs_mount_point_base = $DATA/cinder/mnt
nfs_snapshot_support = true
nas_secure_file_operations = false
nas_secure_file_permissions = false
nfs_qcow2_volumes = false
nfs_sparsed_volumes = true
[database]
connection = $(database_url cinder)
[oslo_concurrency]
lock_path = $DATA/locks
$(service_client nova nova)
interface = public
token_auth_url = $IDENTITY_URL
$(service_client service_user cinder)
send_service_user_token = true
$(keystone_authtoken cinder)
$(no_events)
E
  echo "127.0.0.1:$DATA/nfs" | write_file "$ETC/cinder/nfs_shares"
}
