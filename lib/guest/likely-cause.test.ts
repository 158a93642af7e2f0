// What a console that never bore a frame tells: lines as real guests print them.
import { likelyCause } from "./console.ts";

test.each([
  ["[    1.5] Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)", "panicked"],
  [
    "Gave up waiting for root file system device.\r\nALERT!  /dev/vda does not exist.  Dropping to a shell!\r\n\r\n(initramfs) ",
    "initramfs",
  ],
  [
    "\u001b[0;1;31mWarning: dracut-initqueue timeout\u001b[0m\r\nEntering emergency mode. Exit the shell to continue.\r\ndracut:/# ",
    "dracut",
  ],
  ["You are in emergency mode. After logging in, type\r\nGive root password for maintenance", "/etc/fstab"],
  ["Booting from Hard Disk...\r\nBoot failed: not a bootable disk\r\nNo bootable device.", "nothing to boot"],
  ["error: unknown filesystem.\r\nEntering rescue mode...\r\ngrub rescue> ", "boot loader"],
  [
    "[   20.1] cloud-init[310]: Cloud-init v. 22.4 finished at Mon. Datasource DataSourceNone.  Up 20.1 seconds",
    "no datasource",
  ],
  ["Debian GNU/Linux 12 host ttyS0\r\n\r\nhost login: ", "cloud-init said nothing"],
  ["darkroom: the guest has no awk\r\n", "lacks tools"],
  ["[  100.0] Out of memory: Killed process 300 (cloud-init)", "too little memory"],
  ["\u001b[0;1;31mFAILED\u001b[0m] Failed to start \u001b[0;1;39mcloud-init.service\u001b[0m", "cloud-init failed"],
])("%j", (console, cause) => expect(likelyCause(console)).toContain(cause));

test.each([
  "",
  "Linux version 6.1",
  "host login: \r\n[ 9.0] cloud-init[3]: Cloud-init v. 22.4 running 'modules:final'",
])("%j tells nothing", (console) => expect(likelyCause(console)).toBeUndefined());
