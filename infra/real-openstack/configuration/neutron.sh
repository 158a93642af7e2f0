# shellcheck shell=bash
# Neutron without agents: servers boot with `networks: none`, Nova only wants somebody to answer. Sourced by up.

configure_neutron() {
  mkdir -p "$ETC/neutron" "$DATA/neutron" "$DATA/locks"
  # service_plugins = router: without it Neutron 21 answers 500 to GET /ports, and Nova asks that for every server.
  write_file "$ETC/neutron/neutron.conf" <<E
[DEFAULT]
host = $HOST_NAME
bind_host = 127.0.0.1
bind_port = $NETWORK_PORT
core_plugin = ml2
service_plugins = router
transport_url = $QUEUE_URL
auth_strategy = keystone
state_path = $DATA/neutron
api_paste_config = /etc/neutron/api-paste.ini
api_workers = 1
rpc_workers = 0
rpc_state_report_workers = 0
use_stderr = true
notify_nova_on_port_status_changes = false
notify_nova_on_port_data_changes = false
[database]
connection = $(database_url neutron)
[oslo_concurrency]
lock_path = $DATA/locks
$(keystone_authtoken neutron)
$(service_client nova nova)
$(no_events)
E
  write_file "$ETC/neutron/ml2.ini" <<E
[ml2]
type_drivers = local
tenant_network_types = local
mechanism_drivers =
extension_drivers = port_security
E
}
