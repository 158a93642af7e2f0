# shellcheck shell=bash
# OpenStack's own processes, each spawned once and asked until it answers. Sourced by up.

NOVA=(--config-file "$ETC/nova/nova.conf")
NEUTRON=(--config-file "$ETC/neutron/neutron.conf" --config-file "$ETC/neutron/ml2.ini")
CINDER=(--config-file "$ETC/cinder/cinder.conf")

# One thread a process: Keystone's middleware keeps the token of the request at hand on itself, so that requests of two threads
# take each other's (keystone/server/flask/request_processing/middleware/auth_context.py, self.token): a trust's token then makes
# a trust now and then, or a caller's is refused.
start_keystone() {
  WSGI_PROCESSES=3 WSGI_THREADS=1 spawn_wsgi keystone "$IDENTITY_PORT" /usr/bin/keystone-wsgi-public OS_KEYSTONE_CONFIG_DIR="$ETC/keystone"
  wait_for 60 keystone answers "$IDENTITY_URL"
  say "keystone up"
}

start_glance() { spawn_listener glance "$IMAGE_PORT" glance-api --config-file "$ETC/glance/glance-api.conf"; }

start_placement() { spawn_wsgi placement "$PLACEMENT_PORT" /usr/bin/placement-api OS_PLACEMENT_CONFIG_DIR="$ETC/placement"; }

start_nova() {
  spawn nova-conductor nova-conductor "${NOVA[@]}"
  spawn_listener nova-api "$COMPUTE_PORT" nova-api "${NOVA[@]}"
  spawn nova-compute nova-compute --config-file "$ETC/nova/nova-compute.conf"
  spawn nova-scheduler nova-scheduler "${NOVA[@]}"
}

start_neutron() { spawn_listener neutron "$NETWORK_PORT" neutron-server "${NEUTRON[@]}"; }

start_cinder() {
  spawn_listener cinder-api "$VOLUME_PORT" cinder-api "${CINDER[@]}"
  spawn cinder-scheduler cinder-scheduler "${CINDER[@]}"
  spawn cinder-volume cinder-volume "${CINDER[@]}"
}

wait_for_services() {
  wait_for 60 glance answers "$IMAGE_URL/"
  wait_for 60 placement answers "$PLACEMENT_URL/"
  wait_for 90 nova-api answers "http://127.0.0.1:$COMPUTE_PORT/"
  wait_for 90 neutron answers "$NETWORK_URL/"
  ! with_cinder || wait_for 90 cinder-api answers "http://127.0.0.1:$VOLUME_PORT/"
  say "APIs answer"
}

# spawn_wsgi NAME PORT FILE VARIABLE=VALUE: one uwsgi, of one process with four threads unless said otherwise. "Connection: close", because uwsgi's --http-socket drops a
# kept-alive connection without a word, and callers then see their next request die.
spawn_wsgi() {
  spawn_listener "$1" "$2" env "$4" uwsgi_python3 --http-socket "127.0.0.1:$2" --wsgi-file "$3" --master --lazy-apps \
    --need-app --die-on-term --processes "${WSGI_PROCESSES:-1}" --threads "${WSGI_THREADS:-4}" --enable-threads --buffer-size 65535 --disable-logging \
    --procname-prefix "rig-$1-" --add-header 'Connection: close'
}
