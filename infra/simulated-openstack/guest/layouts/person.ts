// What somebody leaves on a machine that they worked on.
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { layTree } from "../lay-tree.ts";

const uid = 1001;

/** An account of their own, shell histories, keys, work, logs, and what the image is made for. */
export function leaveThings(root: string, name: string): void {
  appendFileSync(join(root, "etc/passwd"), `${name}:x:${uid}:${uid}:${name}:/home/${name}:/bin/bash\n`);
  appendFileSync(join(root, "etc/group"), `${name}:x:${uid}:\n`);
  appendFileSync(join(root, "etc/shadow"), `${name}:$y$j9T$simulated$of-${name}:20000:0:99999:7:::\n`);
  appendFileSync(join(root, "etc/hosts"), `10.20.30.40\t${name}-database\n`);
  const home = `/home/${name}`;
  const owner = uid;
  layTree(root, {
    [`${home}/`]: { mode: 0o700, owner },
    [`${home}/.bash_history`]: { text: `mysql -u ${name} -p\nssh cluster\n`, mode: 0o600, owner },
    [`${home}/.ssh/`]: { mode: 0o700, owner },
    [`${home}/.ssh/authorized_keys`]: {
      text: `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI ${name}@laptop\n`,
      mode: 0o600,
      owner,
    },
    [`${home}/.ssh/id_ed25519`]: {
      text: `-----BEGIN OPENSSH PRIVATE KEY-----\nof ${name}\n-----END OPENSSH PRIVATE KEY-----\n`,
      mode: 0o600,
      owner,
    },
    [`${home}/.ssh/known_hosts`]: { text: "cluster ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI\n", owner },
    [`${home}/results.csv`]: { text: "star,magnitude\nvega,0.03\n", owner },
    "/root/.bash_history": { text: "apt-get install trinity\n", mode: 0o600 },
    "/var/tmp/left-over": { text: "of a run\n", owner },
    "/var/log/syslog": `Jan 12 03:00:00 host sshd[1]: Accepted publickey for ${name}\n`,
    "/var/log/auth.log": `Jan 12 03:00:00 host sudo: ${name} : COMMAND=/usr/bin/apt-get\n`,
    "/etc/atmo/post-scripts.d/": { mode: 0o755 },
    "/etc/atmo/post-scripts.d/10-license": {
      text: "#!/bin/bash\n# simulated-exit: 0\nregister-license\n",
      mode: 0o755,
    },
    "/opt/trinity/bin/trinity": { text: "#!/bin/sh\necho trinity\n", mode: 0o755 },
    "/opt/trinity/README": "What this image is made for.\n",
  });
}
