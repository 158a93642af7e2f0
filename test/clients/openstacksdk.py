# What openstacksdk makes of the simulated cloud: two people, everything that an image goes through, printed as one JSON object.
import hashlib
import json
import sys
import time

import openstack
from openstack import exceptions

alice = openstack.connect(cloud="alice")
bob = openstack.connect(cloud="bob")
found = {}


def refused(call):
    """The kind of error and its status that a call ends with."""
    try:
        call()
    except exceptions.HttpException as error:
        return [type(error).__name__, error.status_code, str(error.details)]
    return None


def until(is_so, limit_s=30):
    end = time.monotonic() + limit_s
    while not is_so():
        if time.monotonic() > end:
            raise SystemExit("waited in vain")
        time.sleep(0.02)


def servers():
    found["servers"] = sorted(server.name for server in alice.compute.servers())
    server = alice.compute.get_server(alice.compute.find_server("stopped-1").id)
    found["server"] = [server.status, server.flavor["original_name"], server.is_locked]
    alice.compute.lock_server(server)
    found["start while locked"] = refused(lambda: alice.compute.start_server(server))
    alice.compute.unlock_server(server)
    alice.compute.start_server(server)
    found["started"] = alice.compute.wait_for_server(server, interval=0.05).status
    alice.compute.stop_server(server)
    found["stopped"] = alice.compute.wait_for_server(server, status="SHUTOFF", interval=0.05).status
    found["no such server"] = refused(lambda: bob.compute.get_server(server.id))


def snapshot():
    image = alice.create_image_snapshot("sdk-snapshot", "stopped-1", wait=True, timeout=30)
    until(lambda: alice.image.get_image(image.id).status == "active")
    image = alice.image.get_image(image.id)
    found["snapshot"] = [image.status, image.size, image.visibility, image.properties["image_type"]]
    # The client compares with the MD5 that came along, and fails where it differs.
    alice.image.download_image(image, output="sdk.qcow2")
    with open("sdk.qcow2", "rb") as file:
        content = file.read()
    found["sha512 is true"] = hashlib.sha512(content).hexdigest() == image.hash_value
    found["qcow2"] = content[:4] == b"QFI\xfb"
    return image


def uploaded():
    image = alice.create_image("sdk-image", filename="sdk.qcow2", disk_format="qcow2", container_format="bare", wait=True, hw_disk_bus="virtio")
    image = alice.image.get_image(image.id)
    found["uploaded"] = [image.status, image.size, image.virtual_size, image.hw_disk_bus]
    alice.image.update_image(image, visibility="shared", name="sdk-renamed")
    alice.image.add_tag(image, "teaching")
    image = alice.image.get_image(image.id)
    found["changed"] = [image.name, image.visibility, image.tags]
    return image


def shared(image):
    theirs = bob.session.get_project_id()
    member = alice.image.add_member(image, member_id=theirs)
    found["member"] = member.status
    found["added twice"] = refused(lambda: alice.image.add_member(image, member_id=theirs))
    found["accepted by the owner"] = refused(lambda: alice.image.update_member(member, image, status="accepted"))
    listed = lambda: "sdk-renamed" in [one.name for one in bob.image.images()]
    before = listed()
    bob.image.update_member(theirs, image, status="accepted")
    found["listed before and after"] = [before, listed()]
    found["made public"] = refused(lambda: alice.image.update_image(image, visibility="public"))
    found["deleted by a member"] = refused(lambda: bob.image.delete_image(image, ignore_missing=False))


def booted(image):
    flavor = bob.compute.find_flavor("m1.small")
    server = bob.compute.create_server(name="sdk-server", image_id=image.id, flavor_id=flavor.id, networks="none")
    found["booted by a member"] = bob.compute.wait_for_server(server, interval=0.05).status
    bob.compute.delete_server(server)
    bob.compute.wait_for_delete(server, interval=0.05)
    small = dict(name="sdk-small", image_id=image.id, flavor_id=bob.compute.find_flavor("m1.nano").id, networks="none")
    server = bob.compute.create_server(**small)
    until(lambda: bob.compute.get_server(server.id).status == "ERROR")
    found["no room for it"] = bob.compute.get(f"/servers/{server.id}").json()["server"]["fault"]["message"]
    bob.compute.delete_server(server)


def volumes():
    storage = alice.block_storage
    found["volumes"] = {volume.name: volume.status for volume in storage.volumes()}
    root = storage.find_volume("volume-backed-1-root")
    found["snapshot without force"] = refused(lambda: storage.create_snapshot(volume_id=root.id, name="sdk"))
    snapshot = storage.create_snapshot(volume_id=root.id, name="sdk", is_forced=True)
    storage.wait_for_status(snapshot, status="available", interval=0.05)
    volume = storage.create_volume(name="sdk-copy", snapshot_id=snapshot.id, size=root.size)
    storage.wait_for_status(volume, status="available", interval=0.05)
    storage.upload_volume_to_image(volume, "sdk-of-volume", disk_format="qcow2", container_format="bare")
    image_id = alice.image.find_image("sdk-of-volume").id
    until(lambda: alice.image.get_image(image_id).status == "active")
    image = alice.image.get_image(image_id)
    found["of a volume"] = [image.size, image.virtual_size, image.os_distro]
    storage.wait_for_status(storage.get_volume(volume.id), status="available", interval=0.05)
    storage.delete_volume(volume)
    storage.wait_for_delete(volume, interval=0.05)
    storage.delete_snapshot(snapshot)
    storage.wait_for_delete(snapshot, interval=0.05)
    alice.image.delete_image(image_id)
    found["too many gigabytes"] = refused(lambda: storage.create_volume(size=100000))


def of_volume():
    server = alice.compute.find_server("volume-backed-1")
    image = alice.image.get_image(alice.compute.create_server_image(server, "sdk-empty", wait=False).id)
    found["volume-backed"] = [image.status, image.size]
    mapping = json.loads(image.properties["block_device_mapping"])
    snapshot = alice.block_storage.get_snapshot(mapping[0]["snapshot_id"])
    found["its snapshot"] = snapshot.name
    alice.image.update_image(image, visibility="community")
    flavor = bob.compute.find_flavor("m1.small")
    found["booted elsewhere"] = refused(lambda: bob.compute.create_server(name="x", image_id=image.id, flavor_id=flavor.id, networks="none"))
    alice.image.delete_image(image)
    found["its snapshot stays"] = alice.block_storage.get_snapshot(snapshot.id).id == snapshot.id


servers()
taken = snapshot()
mine = uploaded()
shared(mine)
booted(mine)
volumes()
of_volume()
for one in (taken, mine):
    alice.image.delete_image(one)
found["left"] = [one.name for one in alice.image.images() if one.name.startswith("sdk")]
found["services"] = sorted({entry["type"] for entry in alice.service_catalog})
json.dump(found, sys.stdout)
