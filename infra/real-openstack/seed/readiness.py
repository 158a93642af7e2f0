"""Waits until every service reports itself up, then makes the flavors and the volume type that are missing."""
import os
import sys
import time

import openstack

WITH_CINDER = os.environ["WITH_CINDER"] == "1"
PATIENCE_S = 120
# name, memory in MiB, disk in GiB, processors
FLAVORS = [("m1.nano", 128, 1, 1), ("m1.tiny", 512, 2, 1), ("m1.small", 1024, 4, 1)]

cloud = openstack.connect(cloud="admin")
deadline = time.monotonic() + PATIENCE_S


def until(what, holds):
    """Asks until it holds; a service that is still coming up may well raise."""
    last = "not yet"
    while time.monotonic() < deadline:
        try:
            if holds():
                return
            last = "not yet"
        except Exception as fault:
            last = fault
        time.sleep(0.5)
    sys.exit(f"{what} not ready within {PATIENCE_S} s: {last}")


def network_ready():
    # In Neutron 21 GET /ports as a worker's first request fails (`Port has no attribute 'port_forwardings'`: its mappers
    # are not configured yet) and would break the first boot: so networks come first.
    return list(cloud.network.networks()) is not None and list(cloud.network.ports()) is not None


def compute_ready():
    up = {service.binary for service in cloud.compute.services() if service.state == "up"}
    return up >= {"nova-compute", "nova-conductor", "nova-scheduler"}


def volume_ready():
    services = cloud.block_storage.get("/os-services").json()["services"]
    up = {service["binary"] for service in services if service["state"] == "up"}
    return up >= {"cinder-volume", "cinder-scheduler"}


until("neutron", network_ready)
until("nova", compute_ready)
flavors = {flavor.name for flavor in cloud.compute.flavors()}
for name, ram, disk, vcpus in FLAVORS:
    if name not in flavors:
        cloud.compute.create_flavor(name=name, ram=ram, disk=disk, vcpus=vcpus)
if WITH_CINDER:
    until("cinder", volume_ready)
    if "nfs" not in {kind.name for kind in cloud.block_storage.types()}:
        cloud.block_storage.create_type(name="nfs")
