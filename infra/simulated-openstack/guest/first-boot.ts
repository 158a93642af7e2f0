// What systemd and cloud-init do to a disk when a machine boots from it.
import { createHash } from "node:crypto";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { emptyFolder } from "./disks.ts";
import { layTree } from "./lay-tree.ts";
import type { Life } from "./records.ts";
import { readUserData } from "./user-data.ts";

/** At every boot: an empty machine-id is filled from the machine's UUID, as systemd does on KVM (machine-id(5)); Debian 12's systemd-tmpfiles empties /tmp. */
export function bootSystem(root: string, instanceId: string): void {
  const machineId = join(root, "etc/machine-id");
  const known = existsSync(machineId) ? readFileSync(machineId, "utf8").trim() : "";
  if (known === "" || known === "uninitialized") writeFileSync(machineId, `${instanceId.replaceAll("-", "")}\n`);
  emptyFolder(join(root, "run"));
  if (textOf(root, "usr/lib/tmpfiles.d/tmp.conf").startsWith("D /tmp")) emptyFolder(join(root, "tmp"));
  mkdirSync(join(root, "run/cloud-init"), { recursive: true });
}

export const hasCloudInit = (root: string): boolean =>
  existsSync(join(root, "usr/bin/cloud-init")) && !existsSync(join(root, "etc/cloud/cloud-init.disabled"));

/** Whether it would look at a config drive: no `datasource_list` at all means every datasource. */
export function looksForConfigDrive(root: string): boolean {
  const folder = join(root, "etc/cloud/cloud.cfg.d");
  const files = [
    "etc/cloud/cloud.cfg",
    ...(existsSync(folder) ? readdirSync(folder).sort() : []).map((name) => `etc/cloud/cloud.cfg.d/${name}`),
  ];
  const lists = files.flatMap((file) => /^datasource_list:(.*(?:\n *-.*)*)/m.exec(textOf(root, file))?.[1] ?? []);
  return lists.at(-1)?.includes("ConfigDrive") ?? true;
}

export const knowsInstance = (root: string, instanceId: string): boolean =>
  textOf(root, "var/lib/cloud/data/instance-id").trim() === instanceId;

/** cloud-init's first boot of an instance; `userData` null also where it found no datasource. What it writes follows from the life alone. */
export function firstBoot(root: string, life: Life): void {
  const userData = readUserData(life.userData);
  const config = userData.cloudConfigs.join("\n");
  recordInstance(root, life, userData.text, userData.scripts);
  if (!/^preserve_hostname:\s*true/m.test(config)) layFile(root, "/etc/hostname", `${life.hostname}\n`);
  makeHostKeys(root, life, {
    keepOld: /^ssh_deletekeys:\s*(false|no|off)/m.test(config),
    make: !/^ssh_genkeytypes:\s*\[\s*\]/m.test(config),
  });
  if (!/^users:\s*\[\s*\]/m.test(config)) addDefaultUser(root);
}

/** At the end of every boot, where there is a cloud-init. */
export function recordResult(root: string, datasource: string): void {
  const result = `${JSON.stringify({ v1: { datasource, errors: [] } }, null, 1)}\n`;
  layFile(root, "/run/cloud-init/result.json", result);
  layFile(root, "/var/lib/cloud/data/result.json", result);
  if (existsSync(join(root, "var/lib/cloud/instance/")))
    writeFileSync(join(root, "var/lib/cloud/instance/boot-finished"), "57.20 - finished\n");
}

/** The user-data stands in seven places (measured on Zed with Debian 12). The link is relative, so that on a tree it never leads out. */
function recordInstance(root: string, life: Life, text: string, scripts: string[]): void {
  const folder = `/var/lib/cloud/instances/${life.instanceId}`;
  const secret = (content: string) => ({ text: content, mode: 0o600 });
  rmSync(join(root, "var/lib/cloud/instance"), { recursive: true, force: true });
  rmSync(join(root, folder), { recursive: true, force: true });
  layTree(root, {
    [`${folder}/user-data.txt`]: secret(text),
    [`${folder}/user-data.txt.i`]: secret(text),
    [`${folder}/vendor-data.txt`]: secret(""),
    [`${folder}/cloud-config.txt`]: secret(text.startsWith("#cloud-config") ? text : "#cloud-config\n"),
    [`${folder}/obj.pkl`]: secret(`\x80\x04${text}`),
    [`${folder}/sem/config_scripts_user`]: "",
    ...Object.fromEntries(
      scripts.map((script, index) => [
        `${folder}/scripts/part-${String(index + 1).padStart(3, "0")}`,
        { text: script, mode: 0o700 },
      ]),
    ),
    "/var/lib/cloud/data/instance-id": `${life.instanceId}\n`,
  });
  symlinkSync(`instances/${life.instanceId}`, join(root, "var/lib/cloud/instance"));
  mkdirSync(join(root, "var/log"), { recursive: true });
  appendFileSync(join(root, "var/log/cloud-init.log"), `util.py[DEBUG]: Writing to ${folder}/user-data.txt\n`);
  appendFileSync(join(root, "var/log/cloud-init-output.log"), `Cloud-init v. 22.4.2 finished: ${life.hostname}\n`);
}

/** They look like keys and are different for every instance; nobody can log in with them. */
function makeHostKeys(root: string, life: Life, wish: { keepOld: boolean; make: boolean }): void {
  const folder = join(root, "etc/ssh");
  const old = existsSync(folder) ? readdirSync(folder).filter((name) => name.startsWith("ssh_host_")) : [];
  if (!wish.keepOld) for (const name of old) rmSync(join(folder, name));
  if (!wish.make) return;
  for (const type of ["rsa", "ecdsa", "ed25519"]) {
    if (existsSync(join(folder, `ssh_host_${type}_key`))) continue;
    const key = createHash("sha512").update(`${life.instanceId} ${type}`).digest("base64");
    layTree(root, {
      [`/etc/ssh/ssh_host_${type}_key`]: {
        text: `-----BEGIN OPENSSH PRIVATE KEY-----\n${key}\n-----END OPENSSH PRIVATE KEY-----\n`,
        mode: 0o600,
      },
      [`/etc/ssh/ssh_host_${type}_key.pub`]: `ssh-${type} AAAA${key.slice(0, 64)} root@${life.hostname}\n`,
    });
  }
}

function addDefaultUser(root: string): void {
  const name = /default_user:\s*\n\s*name:\s*(\S+)/.exec(textOf(root, "etc/cloud/cloud.cfg"))?.[1] ?? "cloud-user";
  if (textOf(root, "etc/passwd").includes(`\n${name}:`)) return;
  appendFileSync(join(root, "etc/passwd"), `${name}:x:1000:1000:Cloud User:/home/${name}:/bin/bash\n`);
  appendFileSync(join(root, "etc/group"), `${name}:x:1000:\n`);
  appendFileSync(join(root, "etc/shadow"), `${name}:!:20000:0:99999:7:::\n`);
  layTree(root, {
    [`/home/${name}/`]: { mode: 0o700, owner: 1000 },
    [`/home/${name}/.bashrc`]: { text: "# ~/.bashrc\n", owner: 1000 },
    [`/home/${name}/.ssh/authorized_keys`]: { text: "", mode: 0o600, owner: 1000 },
    "/etc/sudoers.d/90-cloud-init-users": {
      text: `# Created by cloud-init\n${name} ALL=(ALL) NOPASSWD:ALL\n`,
      mode: 0o440,
    },
  });
}

function layFile(root: string, path: string, text: string): void {
  rmSync(join(root, path), { force: true });
  layTree(root, { [path]: text });
}

function textOf(root: string, path: string): string {
  const place = join(root, path);
  return existsSync(place) ? readFileSync(place, "utf8") : "";
}
