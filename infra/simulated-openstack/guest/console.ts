// What guests print: as much of it as Nova would show, each line from the time it was printed.
import type { ServerRecord } from "../compute/records.ts";
import type { Family, Printed } from "./records.ts";

const shownBytes = 100 * 1024;

/** The last 100 KiB (nova/virt/libvirt/driver.py). */
export function consoleOf(server: ServerRecord, nowMs: number): string {
  const { guest } = server;
  const due = (guest.printing ?? []).filter(({ at }) => at <= nowMs);
  const garbage = guest.garbageSince === undefined ? "" : garbageUntil(nowMs - guest.garbageSince);
  return tail(guest.console + due.map(({ text }) => text).join("") + garbage);
}

/** `lines` spread over the time from `from` until `until`, after what was printed before. */
export function print(server: ServerRecord, lines: string[], from: number, until: number): void {
  const { guest } = server;
  const gone = (guest.printing ?? []).filter(({ at }) => at <= from);
  guest.console = tail(guest.console + gone.map(({ text }) => text).join(""));
  const later = (guest.printing ?? []).filter(({ at }) => at > from);
  const pieces: Printed[] = lines.map((text, index) => ({
    at: from + ((until - from) * index) / Math.max(1, lines.length - 1),
    text,
  }));
  guest.printing = [...later, ...pieces].sort((one, other) => one.at - other.at);
}

/** Whole lines, line ends included. */
export const linesOf = (text: string): string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];

const tail = (text: string): string => Buffer.from(text).subarray(-shownBytes).toString("utf8");

/** Something else each second, for ever. */
function garbageUntil(ms: number): string {
  const lines = Math.min(Math.floor(ms / 1000), 2000);
  const last = Math.floor(ms / 1000);
  return Array.from(
    { length: lines },
    (_, index) => `\x1b[0m${((last - index) * 2_654_435_761).toString(36)}\x07\xff ${last - index}\n`,
  )
    .reverse()
    .join("");
}

export type Coming = { family: Family; hostname: string; cloudInit: boolean; datasource: string };

/** A boot that goes well, up to where cloud-init runs scripts. */
export function bootLines({ family, hostname, cloudInit, datasource }: Coming): string[] {
  const [name, kernel, root] =
    family === "redhat"
      ? ["Rocky Linux 9.4 (Blue Onyx)", "5.14.0-427.el9.x86_64", "7d1c2b3a-4f5e-4a6b-9c8d-0e1f2a3b4c5d"]
      : ["Debian GNU/Linux 12 (bookworm)", "6.1.0-28-cloud-amd64", "3c1f8f4a-6a0d-4a1e-8f0c-1d2b3c4d5e6f"];
  const stage = (at: string, stage: string) =>
    `[${at}] cloud-init[420]: Cloud-init v. 22.4.2 running '${stage}'. Up ${at.trim()} seconds.\r\n`;
  return [
    "SeaBIOS (version 1.16.2)\r\nBooting from Hard Disk...\r\n",
    `[    0.000000] Linux version ${kernel}\r\n[    0.000000] Command line: BOOT_IMAGE=/boot/vmlinuz-${kernel} root=UUID=${root} ro console=tty0 console=ttyS0,115200\r\n`,
    `[    4.201881] systemd[1]: Detected virtualization kvm.\r\n\r\nWelcome to ${name}!\r\n\r\n`,
    ...(cloudInit ? [stage("   20.301417", "init-local"), stage("   24.913040", "init")] : []),
    "[  OK  ] Reached target network.target - Network.\r\n",
    ...(cloudInit ? [stage("   38.113306", "modules:config"), stage("   52.840112", "modules:final")] : []),
    ...(cloudInit
      ? [
          `[   57.200512] cloud-init[512]: Cloud-init v. 22.4.2 finished. Datasource ${datasource}.  Up 57.20 seconds\r\n`,
        ]
      : []),
    `\r\n${name} ${hostname} ttyS0\r\n\r\n${hostname} login: `,
  ];
}
