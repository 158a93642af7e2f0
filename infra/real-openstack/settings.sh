# shellcheck shell=bash disable=SC2034
# What the cloud is made of and where it lives: the names that every file of this folder reads. Sourced, never run.

NODE=$(command -v node || true) # npm's, for the event bridge
export PATH=/usr/sbin:/usr/bin:/sbin:/bin # Debian's own python3 has the OpenStack packages; a version manager's shim has not
export LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive
unset "${!OS_@}" "${!PYTHON@}" VIRTUAL_ENV # the caller's own cloud and Python must not leak into this one

STATE=${RIG:-/var/lib/openstack-rig}
VIRT_TYPE=${RIG_VIRT_TYPE:-qemu}
WITH_CINDER=${RIG_CINDER:-1}
WITH_GUEST=${RIG_GUEST:-1}
DISCARD=${RIG_DISCARD:-ignore}
EVENT_HOOK=${RIG_EVENT_HOOK:-}
EVENT_SECRET=${RIG_EVENT_SECRET:-}

# The path ends up in configuration files, in /proc/mounts and behind `rm -rf`: nothing there may need quoting.
case $STATE in
  /*/*) ;;
  *) echo "RIG must be an absolute path of two levels at least: $STATE" >&2; exit 2 ;;
esac
case $STATE in
  *[!A-Za-z0-9/._-]* | *..* | */) echo "RIG may hold letters, digits and /._- only, no .. and no / at its end: $STATE" >&2; exit 2 ;;
esac

ETC=$STATE/etc
RUN=$STATE/run
LOG=$STATE/log
DATA=$STATE/data
GUEST_IMAGE=$STATE/debian-12.qcow2 # outside $DATA: it takes minutes to build and survives --purge

PASSWORD=rigpass # of every user and service; all of it listens on loopback only
REGION=RegionOne
HOST_NAME=rig

IDENTITY_PORT=5000
IMAGE_PORT=9292
PLACEMENT_PORT=8778
COMPUTE_PORT=8774
NETWORK_PORT=9696
VOLUME_PORT=8776
QUEUE_PORT=5672
ERLANG_NAMES_PORT=4369
ERLANG_NODE_PORT=25672

IDENTITY_URL=http://127.0.0.1:$IDENTITY_PORT/v3
IMAGE_URL=http://127.0.0.1:$IMAGE_PORT
PLACEMENT_URL=http://127.0.0.1:$PLACEMENT_PORT
COMPUTE_URL=http://127.0.0.1:$COMPUTE_PORT/v2.1
NETWORK_URL=http://127.0.0.1:$NETWORK_PORT
VOLUME_URL=http://127.0.0.1:$VOLUME_PORT/v3

QUEUE_URL=rabbit://rig:$PASSWORD@127.0.0.1:$QUEUE_PORT/
DATABASE_SOCKET=$RUN/mysqld.sock

with_cinder() { [ "$WITH_CINDER" = 1 ]; }
with_guest() { [ "$WITH_GUEST" = 1 ]; }
