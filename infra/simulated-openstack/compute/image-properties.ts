// The values that Nova takes for an image's properties (nova/objects/image_meta.py and fields.py of Zed). Glance takes any.
import { own, pythonRepr } from "../bodies.ts";
import { refuse } from "./refusals.ts";

const diskBuses = ["fdc", "ide", "sata", "scsi", "usb", "virtio", "xen", "lxc", "uml"];

const choices: Record<string, string[]> = {
  hw_disk_bus: diskBuses,
  hw_cdrom_bus: diskBuses,
  hw_floppy_bus: diskBuses,
  hw_rescue_bus: diskBuses,
  hw_cpu_policy: ["dedicated", "shared", "mixed"],
  hw_cpu_thread_policy: ["prefer", "isolate", "require"],
  hw_firmware_type: ["uefi", "bios"],
  hw_input_bus: ["usb", "virtio"],
  hw_pointer_model: ["usbtablet"],
  hw_rescue_device: ["cdrom", "disk", "floppy", "fs", "lun"],
  hw_rng_model: ["virtio"],
  hw_scsi_model: ["buslogic", "ibmvscsi", "lsilogic", "lsisas1068", "lsisas1078", "virtio-scsi", "vmpvscsi"],
  hw_tpm_model: ["tpm-tis", "tpm-crb"],
  hw_tpm_version: ["1.2", "2.0"],
  hw_video_model: ["cirrus", "qxl", "vga", "vmvga", "xen", "virtio", "gop", "none", "bochs"],
  hw_vif_model: [
    "virtio",
    "ne2k_pci",
    "pcnet",
    "rtl8139",
    "e1000",
    "e1000e",
    "netfront",
    "spapr-vlan",
    "lan9118",
    "sriov",
    "vmxnet",
    "vmxnet3",
  ],
  hw_vm_mode: ["hvm", "xen", "uml", "exe"],
  hw_watchdog_action: ["none", "pause", "poweroff", "reset", "disabled"],
  os_secure_boot: ["required", "disabled", "optional"],
  os_type: ["linux", "windows"],
};

const numbers = new Set([
  "hw_cpu_cores",
  "hw_cpu_max_cores",
  "hw_cpu_max_sockets",
  "hw_cpu_max_threads",
  "hw_cpu_sockets",
  "hw_cpu_threads",
  "hw_numa_nodes",
  "hw_serial_port_count",
  "hw_video_ram",
]);

const architectures =
  /^(alpha|armv6|armv7[lb]|aarch64|cris|i686|ia64|lm32|m68k|microblaze(el)?|mips(64)?(el)?|openrisc|parisc(64)?|ppc(64)?(le)?|ppcemb|s390x?|sh4(eb)?|sparc(64)?|unicore32|x86_64|xtensa(eb)?)$/;

/** Throws 400 at the first value that Nova does not know. Yes-or-no properties take anything (measured on Zed: `hw_qemu_guest_agent=maybe` boots). */
export function checkImageProperties(properties: Record<string, string>): void {
  for (const [name, value] of Object.entries(properties)) {
    const allowed = own(choices, name);
    if (allowed && !allowed.includes(value.toLowerCase())) throw invalid(`Field value ${value} is invalid`);
    if (numbers.has(name) && !/^\s*[+-]?\d+\s*$/.test(value)) {
      throw invalid(`invalid literal for int() with base 10: ${pythonRepr(value)}`);
    }
    if ((name === "architecture" || name === "hw_architecture") && !architectures.test(value.toLowerCase())) {
      throw invalid(`Architecture name '${value}' is not valid`);
    }
  }
}

const invalid = (why: string) => refuse(400, `Invalid image metadata. Error: ${why}`);
