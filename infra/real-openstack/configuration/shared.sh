# shellcheck shell=bash
# The sections that several services' configuration files have in common. Sourced by up.

# keystone_authtoken USER: how a service checks its callers' tokens
keystone_authtoken() {
  cat <<E
[keystone_authtoken]
www_authenticate_uri = $IDENTITY_URL
auth_url = $IDENTITY_URL
auth_type = password
username = $1
password = $PASSWORD
project_name = service
user_domain_name = Default
project_domain_name = Default
region_name = $REGION
service_token_roles = service
service_token_roles_required = true
E
}

# service_client SECTION USER: how a service calls another
service_client() {
  cat <<E
[$1]
auth_url = $IDENTITY_URL
auth_type = password
username = $2
password = $PASSWORD
project_name = service
user_domain_name = Default
project_domain_name = Default
region_name = $REGION
E
}

# Nova and Glance tell RabbitMQ what happens to servers and images; infra/event-bridge carries it to Darkroom. oslo.messaging makes
# a queue for each kind of event, read or not: message-queue.sh bounds those.
events() {
  cat <<E
[oslo_messaging_notifications]
driver = messagingv2
transport_url = $QUEUE_URL
topics = notifications
[oslo_messaging_rabbit]
heartbeat_in_pthread = false
E
}

# Neutron's are not needed, and Cinder 21.3.1 breaks when it sends them (ValueError: read_deleted).
no_events() {
  cat <<E
[oslo_messaging_notifications]
driver = noop
[oslo_messaging_rabbit]
heartbeat_in_pthread = false
E
}
