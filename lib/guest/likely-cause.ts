// Why a guest never spoke, as far as its console tells.

/** Why a guest that never spoke did not, as far as its console tells: no cloud-init, no ConfigDrive, a kernel panic, an initramfs shell …; undefined: it does not tell. */
export function likelyCause(console: string): string | undefined {
  const text = console.replace(escapes, "");
  for (const [sign, cause] of signs) {
    const found = sign.exec(text);
    if (found) return found[1] === undefined ? cause : `${cause}: ${found[1].trim().slice(0, 200)}`;
  }
  if (!/login: *$|Reached target .*(Multi-User|Login)|cloud-init/im.test(text)) return undefined;
  if (!/cloud-init/i.test(text)) return "it came up, but cloud-init said nothing: it is not installed, or switched off";
  return undefined;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: what a terminal is told begins with one
const escapes = /\u001b\[[0-9;?]*[A-Za-z]/g;

/** The first that is found is the cause: what stops a boot stands before what a boot that went on may also print. */
const signs: readonly (readonly [RegExp, string])[] = [
  [/Kernel panic - not syncing: ([^\r\n]*)/, "its kernel panicked"],
  [
    /ALERT! +\S+ does not exist\.|Dropping to a shell!|\(initramfs\)/,
    "it does not find its root file system and stopped in the initramfs: the disk has another name on this bus",
  ],
  [
    /dracut.*emergency|Entering emergency mode|dracut:\/#/,
    "it stopped in dracut's emergency shell: it does not find its root file system",
  ],
  [
    /You are in emergency mode|Give root password for maintenance|Press Enter for maintenance/,
    "it stopped in emergency mode: a file system that /etc/fstab names does not come up",
  ],
  [
    /No bootable device|Boot failed: not a bootable disk|Operating system not found/,
    "its firmware finds nothing to boot",
  ],
  [
    /grub rescue>|error: no such (?:device|partition)|error: unknown filesystem/,
    "its boot loader does not find its files",
  ],
  [/error: file .* not found|You need to load the kernel first/, "its boot loader does not find the kernel"],
  [/^darkroom: the guest has no ([^\r\n]*)/m, "it lacks tools that the script needs"],
  [/Out of memory: Kill(?:ed)? process/, "it has too little memory"],
  [/No space left on device/, "its disk is full"],
  [/cloud-init disabled|Cloud-init disabled by|cloud-init\.disabled/i, "its cloud-init is switched off"],
  [
    /Datasource DataSourceNone|DataSourceNone\./,
    "its cloud-init found no datasource: ConfigDrive is not among those it looks for",
  ],
  [/No 'init' modules to run under section|Failed to start .*cloud-(?:init|final|config)/, "its cloud-init failed"],
];
