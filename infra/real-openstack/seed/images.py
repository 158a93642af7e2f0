"""Puts the named public images into Glance unless they are there: images.py blank=FILE.raw debian-12=FILE.qcow2"""
import os
import sys

import openstack

BLANK_BYTES = 64 << 20
PROPERTIES = {
    # Nothing at all: ACTIVE within seconds, deaf to ACPI.
    "blank": {"disk_format": "raw"},
    "debian-12": {
        "disk_format": "qcow2",
        "min_disk": 1,
        "hw_disk_bus": "virtio",
        "hw_rng_model": "virtio",
        "hw_qemu_guest_agent": "yes",
        "os_distro": "debian",
        "os_version": "12",
    },
}

cloud = openstack.connect(cloud="admin")
there = {image.name for image in cloud.image.images() if image.status == "active" and image.visibility == "public"}
for name, file in (argument.split("=", 1) for argument in sys.argv[1:]):
    if name in there:
        continue
    if name == "blank":
        with open(file, "wb") as blank:
            blank.truncate(BLANK_BYTES)
    cloud.create_image(name, filename=file, container_format="bare", visibility="public", wait=True, **PROPERTIES[name])
    if name == "blank":
        os.unlink(file)
