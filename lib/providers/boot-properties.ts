// The properties that a policy may set on images, with their values: Glance takes any value, and the next boot fails on a wrong one (measured on Zed).
import * as z from "zod";

const yesOrNo = z.enum(["yes", "no"]);

/** Names and values as nova/objects/fields.py and nova/objects/image_meta.py have them. */
export const bootProperties = z.strictObject({
  hw_disk_bus: z.enum(["virtio", "scsi", "ide", "sata", "usb"]).optional(),
  hw_scsi_model: z
    .enum(["virtio-scsi", "lsilogic", "lsisas1068", "lsisas1078", "buslogic", "vmpvscsi", "ibmvscsi"])
    .optional(),
  hw_vif_model: z.enum(["virtio", "e1000", "e1000e", "igb", "ne2k_pci", "pcnet", "rtl8139", "vmxnet3"]).optional(),
  hw_video_model: z.enum(["virtio", "vga", "qxl", "cirrus", "vmvga", "bochs", "none"]).optional(),
  hw_rng_model: z.enum(["virtio"]).optional(),
  hw_vif_multiqueue_enabled: z.enum(["true", "false"]).optional(),
  hw_qemu_guest_agent: yesOrNo.optional(),
  os_require_quiesce: yesOrNo.optional(),
});

/** A guest that names its disk by a bus' own device does not find it on another. */
export const busProperties = ["hw_disk_bus", "hw_scsi_model"] as const;
