// What a server keeps of the image that it is booted from, and hands on to its snapshots.
import type { ImageRecord } from "../image/records.ts";
import type { ComputeCall } from "./call.ts";

/** What libvirt fills in where the image says nothing (measured on Zed: they stand on every snapshot). */
export const libvirtDefaults: Record<string, string> = {
  hw_machine_type: "pc",
  hw_cdrom_bus: "ide",
  hw_disk_bus: "virtio",
  hw_input_bus: "usb",
  hw_pointer_model: "usbtablet",
  hw_video_model: "virtio",
  hw_vif_model: "virtio",
};

/** The image's properties, custom ones too; which image; who booted it with which roles; libvirt's defaults. */
export function inheritFrom({ caller }: ComputeCall, image: ImageRecord | null): Record<string, string> {
  return {
    ...image?.properties,
    base_image_ref: image?.id ?? "",
    owner_user_name: caller.user.name,
    owner_project_name: caller.project?.name ?? "",
    boot_roles: caller.roles.map(({ name }) => name).join(","),
    ...Object.fromEntries(Object.entries(libvirtDefaults).filter(([name]) => image?.properties[name] === undefined)),
  };
}
