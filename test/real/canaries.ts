// Random texts planted into a guest, and counted in the raw bytes of an image: what must be gone is nowhere.
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { createReadStream, rmSync } from "node:fs";

const places = [
  "home",
  "homeName",
  "root",
  "tmp",
  "varTmp",
  "log",
  "journal",
  "sshKey",
  "history",
  "excluded",
  "excludedHostile",
  "excludedName",
  "deletedBefore",
  "deletedLarge",
  "userData",
  "account",
  "hosts",
  "immutable",
  "hiddenByMount",
  "heldOpen",
  "swap",
  "sparse",
] as const;
export type Place = (typeof places)[number];

export interface Plantation {
  /** 32 random bytes a place, in hex; none holds another. */
  readonly canaries: Readonly<Record<Place, string>>;
  /** Stands in /opt/kept/file and has to be there afterwards. */
  readonly kept: string;
  /** What the requester excludes: plain, with a space and a quote, and with a canary for a name. */
  readonly excludePaths: readonly string[];
  /** A shell script as user-data: plants everything, prints `planted` and goes on for as long as the server does. */
  readonly userData: string;
}

export const planted = "every canary is planted";

export function plantation(): Plantation {
  const random = () => randomBytes(32).toString("hex");
  const canaries = Object.fromEntries(places.map((place) => [place, random()])) as Record<Place, string>;
  const kept = random();
  const hostile = `/opt/out/it's a "secret" file`;
  const excludePaths = ["/opt/out/plain", hostile, `/opt/out/${canaries.excludedName}`];
  /** Not as it is: only the user-data's own canary stands in the user-data. */
  const value = (place: Place) => `$(text ${Buffer.from(canaries[place]).toString("base64")})`;
  const userData = `#!/bin/bash
# password: ${canaries.userData}
text() { printf %s "$1" | base64 -d; }
home=/home/debian; [ -d "$home" ] || { useradd -m -s /bin/bash debian; }
mkdir -p "$home/.ssh" /opt/out /opt/kept /srv/deleted /etc/atmo/post-scripts.d
echo "${value("home")}" >"$home/notes"
echo x >"$home/${value("homeName")}"
echo "-----BEGIN OPENSSH PRIVATE KEY----- ${value("sshKey")}" >"$home/.ssh/id_ed25519"
echo "ssh-ed25519 ${value("sshKey")}" >>"$home/.ssh/authorized_keys"
usermod -c "${value("account")}" debian
chown -R debian: "$home"
echo "${value("root")}" >/root/notes
echo "mysql -p${value("history")}" >>/root/.bash_history
echo "${value("tmp")}" >/tmp/notes
echo "${value("varTmp")}" >/var/tmp/notes
mkdir -p /var/log/journal; systemctl restart systemd-journald
echo "${value("log")}" >>/var/log/mine.log
logger "${value("journal")}"; journalctl --flush; journalctl --sync
echo "10.9.8.7 ${value("hosts")}" >>/etc/hosts
echo "${value("immutable")}" >"$home/immutable"; chattr +i "$home/immutable"
mkdir -p /mnt/disk; echo "${value("hiddenByMount")}" >/mnt/disk/notes; echo "tmpfs /mnt/disk tmpfs size=1m 0 0" >>/etc/fstab
echo "${value("heldOpen")}" >"$home/held"
printf '[Service]\nUser=debian\nExecStart=/usr/bin/tail -f %s/held\nRestart=always\n[Install]\nWantedBy=multi-user.target\n' "$home" >/etc/systemd/system/holder.service
systemctl enable holder.service
dd if=/dev/zero of=/swapfile bs=1M count=16; chmod 600 /swapfile; mkswap -U 11111111-2222-4333-8444-555555555555 /swapfile; echo "/swapfile none swap sw 0 0" >>/etc/fstab
echo "${value("swap")}" | dd of=/swapfile bs=4096 seek=1000 conv=notrunc
echo "${value("sparse")}" | dd of="$home/sparse" bs=1M seek=5000; ln "$home/notes" "$home/notes-too"
echo linked >/opt/kept/linked; ln /opt/kept/linked "$home/linked"
echo "${value("excluded")}" >/opt/out/plain
echo "${value("excludedHostile")}" >"/opt/out/it's a \\"secret\\" file"
echo x >"/opt/out/${value("excludedName")}"
for n in $(seq 300); do echo "$n ${value("deletedBefore")}" >/srv/deleted/$n; done
yes "${value("deletedLarge")}" | head -c 3000000 >/srv/deleted/large
sync; rm -rf /srv/deleted; sync
echo "$(text ${Buffer.from(kept).toString("base64")})" >/opt/kept/file
chmod 755 /etc/atmo /etc/atmo/post-scripts.d
cd /etc/atmo/post-scripts.d
printf '#!/bin/bash\\necho good ran as $(id -un)\\n' >10-good
printf '#!/bin/bash\\necho bad; exit 3\\n' >20-bad
printf '#!/bin/bash\\necho never\\n' >30-mode
chmod 755 10-good 20-bad; chmod 644 30-mode
ln -s /home/debian/setup 40-dangles
sync
echo "${planted}" >/dev/ttyS0
`;
  return { canaries, kept, excludePaths, userData };
}

/** How often each text stands in the raw bytes of a disk. qcow2 is unpacked beside it by qemu-img, which has to be there. */
export async function countInDisk(file: string, texts: readonly string[]): Promise<Record<string, number>> {
  const raw = `${file}.raw`;
  execFileSync("qemu-img", ["convert", "-O", "raw", file, raw]);
  try {
    return await countInBytes(raw, texts);
  } finally {
    rmSync(raw);
  }
}

export async function countInBytes(file: string, texts: readonly string[]): Promise<Record<string, number>> {
  const counts = Object.fromEntries(texts.map((text) => [text, 0]));
  const longest = Math.max(...texts.map((text) => text.length));
  let before: Buffer = Buffer.alloc(0);
  for await (const chunk of createReadStream(file, { highWaterMark: 8 * 1024 * 1024 }) as AsyncIterable<Buffer>) {
    const bytes = Buffer.concat([before, chunk]);
    for (const text of texts) {
      // A text that ends within what was kept was counted with the piece before.
      for (
        let at = bytes.indexOf(text, Math.max(0, before.length - text.length + 1));
        at >= 0;
        at = bytes.indexOf(text, at + 1)
      )
        counts[text] = (counts[text] ?? 0) + 1;
    }
    before = bytes.subarray(Math.max(0, bytes.length - longest + 1));
  }
  return counts;
}
