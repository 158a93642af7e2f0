// `clean` as on a running system: partitions of its disk, swap in use, what is bound elsewhere.
import { randomBytes } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { countInBytes } from "../real/canaries.ts";
import { type OwnRoot, ownRoot } from "./own-root.ts";

const canary = () => randomBytes(16).toString("hex");
let guest: OwnRoot | undefined;
afterEach(() => {
  guest?.remove();
  guest = undefined;
});

/** A swap file, on, with `text` in a page of it: what memory was written there. */
const swapFile = (path: string, text: string) => `
  fallocate -l 8M ${path} && chmod 600 ${path} && mkswap -q ${path} >/dev/null &&
  printf ${text} | dd of=${path} bs=4096 seek=1000 conv=notrunc 2>/dev/null && swapon ${path}`;

test("swap that the cleaned fstab names no more is wiped all the same, and goes; what it still names is swap again", async () => {
  guest = ownRoot(128, { use: "swap", sizeMib: 16 });
  const is = { dropped: canary(), named: canary(), unit: canary(), partition: canary() };
  guest.plant("/etc/fstab", "/swap.img none swap sw,comment=cloudconfig 0 0\n/swapfile none swap sw 0 0\n");
  const report = guest.clean(
    `${swapFile("/swap.img", is.dropped)} && ${swapFile("/swapfile", is.named)} && ${swapFile("/var/unit.swap", is.unit)} &&
    printf ${is.partition} | dd of=${guest.device("swap")} bs=4096 seek=1000 conv=notrunc 2>/dev/null`,
  );
  expect(readFileSync(guest.place("/etc/fstab"), "utf8")).toBe("/swapfile none swap sw 0 0\n");
  expect(existsSync(guest.place("/swap.img"))).toBe(false);
  for (const path of ["/swapfile", "/var/unit.swap"])
    expect(readFileSync(guest.place(path)).toString("latin1", 4086, 4096)).toBe("SWAPSPACE2");
  expect(report.removed.items.map(({ path }) => path)).toEqual(
    expect.arrayContaining(["/swap.img", "/swapfile", "/var/unit.swap", guest.device("swap")]),
  );
  guest.unmount();
  expect(await countInBytes(guest.file, Object.values(is))).toEqual(
    Object.fromEntries(Object.values(is).map((text) => [text, 0])),
  );
});

test("a swap file that was on is excluded, one in an emptied folder goes, and fstab names neither", async () => {
  guest = ownRoot(128);
  const is = { excluded: canary(), emptied: canary() };
  guest.plant(
    "/etc/fstab",
    "/swapfile none swap sw 0 0\n/mnt/my\\0401 none swap sw 0 0\n/dev/vdx9 /x ext4 defaults 0 0\n",
  );
  const report = guest.clean(
    `${swapFile("/swapfile", is.excluded)} && mkdir /mnt && ${swapFile("'/mnt/my 1'", is.emptied)}`,
    { job: { excludePaths: ["/swapfile"] } },
  );
  expect(report.excluded.items).toEqual([
    { path: "/swapfile", outcome: "removed", files: 1, bytes: 8 * 1024 * 1024, why: "" },
  ]);
  expect(existsSync(guest.place("/mnt/my 1"))).toBe(false);
  expect(readFileSync(guest.place("/etc/fstab"), "utf8")).toBe("");
  guest.unmount();
  expect(await countInBytes(guest.file, Object.values(is))).toEqual({ [is.excluded]: 0, [is.emptied]: 0 });
});

test("partitions of the root's disk are emptied and filled each for itself; one that is not mounted is named", async () => {
  guest = ownRoot(64, { use: "/home", sizeMib: 48 }, { use: "/srv/unused", sizeMib: 48 });
  const is = { removed: canary(), deleted: canary() };
  guest.plant("/home/alice/x", is.removed);
  guest.plant("/home/before", `${is.deleted}\n`.repeat(100_000));
  const report = guest.clean("sync; rm /home/before; sync; umount /srv/unused");
  expect(report.removed.items).toContainEqual({ path: "/home", files: 1, bytes: 32 });
  expect(report.freeSpace.map(({ mountPoint, promised, why }) => [mountPoint, promised, why])).toEqual([
    ["/", true, ""],
    ["/home", true, ""],
    [guest.device("/srv/unused"), false, "it is not mounted: nobody looked into its 48 MiB"],
  ]);
  guest.unmount();
  expect(await countInBytes(guest.file, Object.values(is))).toEqual({ [is.removed]: 0, [is.deleted]: 0 });
});

test("logs and spools on partitions of their own are emptied like the rest", async () => {
  guest = ownRoot(128, { use: "/var/log/audit", sizeMib: 16 }, { use: "/var/crash/own", sizeMib: 16 });
  const is = { log: canary(), rotated: canary(), spool: canary() };
  guest.plant("/var/log/audit/audit.log", is.log);
  guest.plant("/var/log/audit/audit.log.1", is.rotated);
  guest.plant("/var/crash/own/core", is.spool);
  const report = guest.clean(":");
  expect(readFileSync(guest.place("/var/log/audit/audit.log"), "utf8")).toBe("");
  expect(readdirSync(guest.place("/var/log/audit"))).not.toContain("audit.log.1");
  expect(readdirSync(guest.place("/var/crash/own"))).not.toContain("core");
  expect(report.removed.items).toEqual(
    expect.arrayContaining([
      { path: "/var/log", files: 2, bytes: 64 },
      { path: "/var/crash", files: 1, bytes: 32 },
    ]),
  );
  guest.unmount();
  expect(await countInBytes(guest.file, Object.values(is))).toEqual({ [is.log]: 0, [is.rotated]: 0, [is.spool]: 0 });
});

test("append-only and immutable logs, mail and settings are emptied, and those after them", async () => {
  guest = ownRoot(128);
  const is = { log: canary(), mail: canary(), hosts: canary() };
  const logs = ["a.log", "auth.log", "old.log.1", "z.log"].map((name) => `/var/log/${name}`);
  for (const path of logs) guest.plant(path, is.log);
  guest.plant("/var/mail/alice", is.mail);
  guest.plant("/etc/hosts", is.hosts);
  const report = guest.clean(
    "chattr +a /var/log/*.log /var/log && chattr +i /var/log/old.log.1 /var/mail/alice /etc/hosts",
  );
  for (const path of logs) expect(existsSync(guest.place(path)) && readFileSync(guest.place(path), "utf8")).toBeFalsy();
  expect(existsSync(guest.place("/var/mail/alice"))).toBe(false);
  expect(readFileSync(guest.place("/etc/hosts"), "utf8")).toMatch(/^127\.0\.0\.1 localhost\n/);
  expect(report.removed.items).toContainEqual({ path: "/var/log", files: 4, bytes: 128 });
  expect(report.problems.join()).not.toMatch(/could not be (emptied|removed|set back)|complaints/);
  guest.unmount();
  expect(await countInBytes(guest.file, Object.values(is))).toEqual({ [is.log]: 0, [is.mail]: 0, [is.hosts]: 0 });
});

test("a log that cannot be emptied is named and not counted as removed", () => {
  guest = ownRoot(128, { use: "/var/log/audit", sizeMib: 16 });
  guest.plant("/var/log/audit/audit.log", "stays");
  guest.plant("/var/log/other.log", "goes");
  const report = guest.clean("mount -o remount,ro /var/log/audit");
  expect(report.removed.items).toContainEqual({ path: "/var/log", files: 1, bytes: 4 });
  expect(report.problems).toContain(
    "1 files could not be emptied and can be read in the image: /var/log/audit/audit.log",
  );
});

test("a folder bound into one that is emptied stays where it is; what the mount hides goes", async () => {
  guest = ownRoot(128, { use: "/home", sizeMib: 16 }, { use: "/srv", sizeMib: 16 });
  const is = { hidden: canary(), home: canary() };
  const fstab = "/opt/data /home/shared none bind 0 0\n";
  guest.plant("/etc/fstab", fstab);
  guest.plant("/opt/data/model", "stays");
  guest.plant("/srv/course/lecture", "stays");
  guest.plant("/home/shared/x", is.hidden);
  guest.plant("/home/alice/x", is.home);
  guest.clean("mkdir /home/course && mount --bind /opt/data /home/shared && mount --bind /srv/course /home/course");
  expect(readFileSync(guest.place("/opt/data/model"), "utf8")).toBe("stays");
  expect(readFileSync(guest.place("/srv/course/lecture"), "utf8")).toBe("stays");
  expect(readFileSync(guest.place("/etc/fstab"), "utf8")).toBe(fstab);
  expect(existsSync(guest.place("/home/alice"))).toBe(false);
  guest.unmount();
  expect(await countInBytes(guest.file, Object.values(is))).toEqual({ [is.hidden]: 0, [is.home]: 0 });
});

test("who has a file open in which reserved blocks are zeroed is held still and goes on", async () => {
  guest = ownRoot(64);
  const is = { deleted: canary() };
  guest.plant("/srv/before", `${is.deleted}\n`.repeat(1_000_000));
  const report = guest.clean(
    `sync; rm /srv/before; sync; fallocate -l 45M /opt/data; ( exec 5<>/opt/data; exec sleep 1000 ) & echo $! >/run/holder`,
    { after: 'grep -q "^State:.S" "/proc/$(cat /run/holder)/status"' },
  );
  expect(report.freeSpace).toMatchObject([{ mountPoint: "/", promised: true, why: "" }]);
  expect(statSync(guest.place("/opt/data")).size).toBe(45 * 1024 * 1024);
  guest.unmount();
  expect(await countInBytes(guest.file, [is.deleted])).toEqual({ [is.deleted]: 0 });
});
