// `clean` as on a running system: partitions of its disk, swap in use, what is bound elsewhere.
import { randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
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
    {
      excludePaths: ["/swapfile"],
    },
  );
  expect(report.excluded.items).toEqual([
    { path: "/swapfile", outcome: "removed", files: 1, bytes: 8 * 1024 * 1024, why: "" },
  ]);
  expect(existsSync(guest.place("/mnt/my 1"))).toBe(false);
  expect(readFileSync(guest.place("/etc/fstab"), "utf8")).toBe("");
  guest.unmount();
  expect(await countInBytes(guest.file, Object.values(is))).toEqual({ [is.excluded]: 0, [is.emptied]: 0 });
});
