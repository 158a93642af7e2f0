// A guest boots: what that does to its disk, what it prints, and when the script in its user-data is done.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { ServerRecord } from "../compute/records.ts";
import type { Core } from "../core.ts";
import { bootLines, linesOf, print } from "./console.ts";
import { bootSystem, firstBoot, hasCloudInit, knowsInstance, looksForConfigDrive, recordResult } from "./first-boot.ts";
import { type Kept, keptOf } from "./misbehaviours.ts";
import { pretendPostScripts } from "./post-scripts.ts";
import type { GuestDue } from "./records.ts";
import { runScript } from "./run-script.ts";
import { diskKeyOf, lifeOf, treeOfServer } from "./trees.ts";
import { isOurs, readUserData } from "./user-data.ts";

/** At the time when Nova says ACTIVE. A guest whose disk nobody needs as a tree costs nothing but a few lines of text. */
export function boot(core: Core, server: ServerRecord, at: number): void {
  const { guest, imageId } = server;
  const { disks, misbehaviours } = core.guests;
  guest.boot = core.nextSequence();
  guest.console = "";
  guest.printing = [];
  delete guest.garbageSince;
  delete guest.misbehaviour;
  const script = scriptOf(core, server);
  const met = misbehaviours.meet({ serverId: server.id, name: server.name, imageId, script: script ?? "" });
  const how = met && keptOf(met, script ?? "");
  if (how) guest.misbehaviour = how;
  const family = guest.system?.family;
  if (family === undefined || family === "windows") {
    bootUnknown(server, at);
    return;
  }

  const bus = server.systemMetadata.hw_disk_bus ?? "virtio";
  const imageHasTree = guest.fresh === true && imageId !== null && disks.has(imageId);
  const needsTree = script !== undefined || disks.has(diskKeyOf(server)) || imageHasTree || bus !== "virtio";
  const root = needsTree ? treeOfServer(core, server) : undefined;
  delete guest.fresh;

  const { guestBootMs, guestScriptMs } = core.timing;
  const stuck = linesOfStuck(how, family, root !== undefined && bus !== "virtio" && namesVirtioDisk(root));
  if (stuck) {
    print(server, stuck, at, at + guestBootMs * 0.2);
    return;
  }
  const cloudInit = how?.kind !== "no-cloud-init" && (root === undefined || hasCloudInit(root));
  const drive =
    server.configDrive && how?.kind !== "no-config-drive" && (root === undefined || looksForConfigDrive(root));
  const datasource = drive ? "DataSourceConfigDrive [net,ver=2][source=/dev/sr0]" : "DataSourceNone";
  if (root !== undefined) bootTree(core, server, root, { cloudInit, drive, datasource });
  print(server, bootLines({ family, hostname: server.hostname, cloudInit, datasource }), at, at + guestBootMs);
  if (how?.kind === "garbage") guest.garbageSince = at;
  else if (cloudInit && drive && script !== undefined && !guest.ran)
    core.scheduleGuest(at + guestBootMs + guestScriptMs, { serverId: server.id, boot: guest.boot });
}

/** The script in the user-data of a guest that is still the same boot, and on, is done by now: its work is done here and now. */
export function finishScript(core: Core, at: number, { serverId, boot: ofBoot }: GuestDue["guest"]): void {
  const server = core.state.servers[serverId];
  const script = server && scriptOf(core, server);
  if (!server || script === undefined || server.guest.boot !== ofBoot || server.vmState !== "active") return;
  const { guest } = server;
  const how = guest.misbehaviour;
  guest.ran = true;
  if (how?.kind === "prints" && how.instead) {
    print(server, linesOf(how.text), at, at);
    return;
  }

  const { disks } = core.guests;
  const key = diskKeyOf(server);
  const cutShort = how?.kind === "stops" || how?.kind === "disk-full";
  // Worked on a copy that is thrown away: the worst that can happen to one who believes that it was done.
  const workedOn = cutShort ? `${key}.cut-short` : key;
  if (cutShort) disks.copy(key, workedOn);
  const said = runScript(script, disks.pathOf(workedOn), disks.bootMarkOf(key), join(disks.folder(), `${key}.scratch`));
  if (cutShort) disks.remove(workedOn);
  disks.remove(`${key}.scratch`);
  const lines = [...(how?.kind === "prints" ? linesOf(how.text) : []), ...linesOf(said.console)];
  for (const line of linesOf(said.output).slice(-outputLines)) lines.push(`cloud-init[512]: ${line.trimEnd()}\r\n`);
  if (said.status !== 0) lines.push(`cloud-init[512]: Failed to run module scripts-user: status ${said.status}\r\n`);
  if (how?.kind === "stops" || how?.kind === "disk-full") lines.splice(Math.floor(lines.length * how.share));
  if (how?.kind === "disk-full") lines.push("cloud-init[512]: printf: write error: No space left on device\r\n");
  print(server, lines, at, how?.kind === "slow" ? at + how.ms : at);
}

const outputLines = 40;

function scriptOf(core: Core, { userData, configDrive }: ServerRecord): string | undefined {
  if (!configDrive || userData === null) return undefined;
  return readUserData(userData).scripts.find((script) => isOurs(script) && core.guests.mayRun(script));
}

/** Of a disk that is only bytes nothing is known but whether something runs on it; Windows says nothing on a serial line. */
function bootUnknown({ guest, hostname }: ServerRecord, at: number): void {
  const linux = `[    0.000000] Linux version 6.1.0-amd64\n\n${hostname} login: `;
  const nothing =
    "SeaBIOS (version 1.16.2)\r\nBooting from Hard Disk...\r\nBoot failed: not a bootable disk\r\n\r\nNo bootable device.\r\n";
  if (guest.system?.family !== "windows") guest.printing = [{ at, text: guest.obeysAcpi ? linux : nothing }];
}

function linesOfStuck(how: Kept | undefined, family: string, wrongBus: boolean): string[] | undefined {
  const begin = "[    0.000000] Linux version 6.1.0-28-cloud-amd64\r\n";
  if (how?.kind === "silent") return [];
  if (how?.kind === "kernel-panic")
    return [begin, "[    2.812201] Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)\r\n"];
  if (how?.kind !== "initramfs-shell" && !wrongBus) return undefined;
  return family === "redhat"
    ? [
        begin,
        "[  190.201] dracut-initqueue[300]: Warning: /dev/vda4 does not exist\r\n",
        "Entering emergency mode.\r\ndracut:/# ",
      ]
    : [begin, "ALERT!  /dev/vda1 does not exist.  Dropping to a shell!\r\n", "(initramfs) "];
}

/** In fstab, the boot loader or the kernel's command line: such a guest finds its root on no other bus. */
function namesVirtioDisk(root: string): boolean {
  const entries = join(root, "boot/loader/entries");
  const files = [
    join(root, "etc/fstab"),
    join(root, "boot/grub/grub.cfg"),
    ...(existsSync(entries) ? readdirSync(entries).map((name) => join(entries, name)) : []),
  ];
  return files.some((file) => existsSync(file) && /^[^#\n]*\/dev\/vd[a-z]/m.test(readFileSync(file, "utf8")));
}

type Coming = { cloudInit: boolean; drive: boolean; datasource: string };

function bootTree(core: Core, server: ServerRecord, root: string, { cloudInit, drive, datasource }: Coming): void {
  core.guests.disks.markBoot(diskKeyOf(server));
  bootSystem(root, server.id);
  if (cloudInit) {
    const life = lifeOf(server);
    if (!knowsInstance(root, server.id)) firstBoot(root, drive ? life : { ...life, userData: null });
    recordResult(root, datasource);
  }
  pretendPostScripts(root, server.id);
}
