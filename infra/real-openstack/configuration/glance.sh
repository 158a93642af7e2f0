# shellcheck shell=bash
# Glance: one worker, images as files, the import methods switched on. Sourced by up.

configure_glance() {
  mkdir -p "$ETC/glance" "$DATA/glance" "$DATA/glance-staging" "$DATA/glance-tasks" "$DATA/locks"
  write_file "$ETC/glance/glance-api.conf" <<E
[DEFAULT]
bind_host = 127.0.0.1
bind_port = $IMAGE_PORT
workers = 1
use_stderr = true
enabled_backends = file:file
enabled_import_methods = [glance-direct,web-download,copy-image]
[glance_store]
default_backend = file
[file]
filesystem_store_datadir = $DATA/glance/
[os_glance_staging_store]
filesystem_store_datadir = $DATA/glance-staging/
[os_glance_tasks_store]
filesystem_store_datadir = $DATA/glance-tasks/
[database]
connection = $(database_url glance)
[paste_deploy]
flavor = keystone
config_file = /etc/glance/glance-api-paste.ini
[oslo_concurrency]
lock_path = $DATA/locks
$(keystone_authtoken glance)
$(events)
E
}
