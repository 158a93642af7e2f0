// What guests of three families look like, as far as our scripts look at them: for tests.
import type { Layout } from "./guest-tree.ts";

/** Everything of an owner bears `canary`; `kept` is what an image is made for. */
export function ownersThings(canary: string): Layout {
  return {
    "/home/alice/.ssh/authorized_keys": `ssh-ed25519 ${canary}`,
    "/home/alice/.bash_history": `mysql -p${canary}\n`,
    "/home/alice/notes": canary,
    "/root/.ssh/id_ed25519": `-----BEGIN OPENSSH PRIVATE KEY-----\n${canary}`,
    "/root/.profile": canary,
    "/mnt/data/x": canary,
    "/tmp/.hidden": canary,
    "/var/tmp/y": canary,
    "/opt/trinity/bin/trinity": ["#!/bin/sh\necho kept\n", 0o755],
    "/opt/tool/.ssh/authorized_keys": canary,
    "/srv/app/.psql_history": canary,
    "/var/log/nginx/access.log": canary,
    "/var/log/nginx/access.log.1": canary,
    "/var/log/journal/0123/system.journal": canary,
    "/var/log/wtmp": canary,
    "/var/lib/cloud/instances/i-1/user-data.txt": `password: ${canary}`,
    "/var/lib/cloud/instances/i-1/scripts/part-001": canary,
    "/var/lib/cloud/instances/i-1/obj.pkl": canary,
    "/var/lib/cloud/instance": "-> /var/lib/cloud/instances/i-1",
    "/var/lib/cloud/data/instance-id": canary,
    "/var/lib/cloud/scripts/per-boot/10-tune": ["#!/bin/sh\n", 0o755],
    "/var/spool/cron/crontabs/alice": canary,
    "/var/mail/alice": canary,
    "/var/lib/dhcp/dhclient.leases": canary,
    "/var/lib/systemd/random-seed": canary,
    "/etc/machine-id": "0123456789abcdef0123456789abcdef\n",
    "/etc/hostname": `${canary}\n`,
    "/etc/hosts": `127.0.0.1 localhost\n10.0.0.5 ${canary}\n`,
    "/etc/hosts.allow": `sshd: ${canary}\n`,
    "/etc/hosts.deny": `ALL: ${canary}\n`,
    "/etc/host.conf": `multi on # ${canary}\n`,
    "/etc/resolv.conf": `search ${canary}\n`,
    "/etc/ldap.conf": `bindpw ${canary}\n`,
    "/etc/ssh/sshd_config": `PermitRootLogin yes # ${canary}\n`,
    "/etc/ssh/sshd_config.d/99-mine.conf": `# ${canary}\n`,
    "/etc/ssh/ssh_host_ed25519_key": canary,
    "/etc/ssh/ssh_host_ed25519_key.pub": `ssh-ed25519 ${canary}\n`,
    "/etc/udev/rules.d/70-persistent-net.rules": canary,
    "/etc/sudoers.d/90-cloud-init-users": `alice ALL=(ALL) NOPASSWD:ALL # ${canary}\n`,
    "/etc/passwd-": canary,
    "/etc/shadow-": canary,
    "/etc/shadow": `root:$6$${canary}:19000:0:99999:7:::\ndaemon:*:19000:0:99999:7:::\nalice:$6$${canary}:19000:0:99999:7:::\nbob:$6$${canary}:19000:0:99999:7:::\n`,
    "/etc/gshadow": `root:*::\nusers:*::alice\nlab:$6$${canary}:alice:alice,bob\nalice:!::\nbob:!::\n`,
    "/etc/group": "root:x:0:\nusers:x:100:alice,daemon\nalice:x:1000:\nbob:x:1001:\nlab:x:1500:alice,bob\n",
    "/etc/subuid": "alice:100000:65536\nbob:165536:65536\n",
    "/etc/atmo/post-scripts.d/": ["", 0o755],
  };
}

const passwd = (shell: string) =>
  `root:x:0:0:root:/root:${shell}\ndaemon:x:1:1::/:/usr/sbin/nologin\nalice:x:1000:1000:Alice,,,:/home/alice:${shell}\nbob:x:1001:1001::/home/bob:${shell}\nnobody:x:65534:65534::/nonexistent:/usr/sbin/nologin\n`;

/** merged /usr, dpkg, ifupdown. */
export const debian: Layout = {
  "/usr/lib/os-release": 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nVERSION_ID="12"\nID=debian\n',
  "/etc/os-release": "-> ../usr/lib/os-release",
  "/bin": "-> usr/bin",
  "/lib": "-> usr/lib",
  "/etc/passwd": passwd("/bin/bash"),
  "/etc/fstab":
    "# /etc/fstab\nUUID=11111111-2222-3333-4444-555555555555 / ext4 rw,discard 0 1\nUUID=AAAA-BBBB /boot/efi vfat defaults 0 0\n/dev/vdb /mnt/data ext4 defaults 0 2\nnas:/export /data nfs defaults 0 0\n",
  "/var/lib/dpkg/status":
    "Package: cloud-init\nStatus: install ok installed\nVersion: 22.4.2-1\n\nPackage: gone\nStatus: deinstall ok config-files\nVersion: 1\n\nPackage: qemu-guest-agent\nStatus: install ok installed\nVersion: 1:7.2\n\n",
  "/var/lib/dpkg/info/base-files.list": "/.\n/etc\n",
  "/usr/sbin/qemu-ga": ["", 0o755],
  "/usr/share/openssh/sshd_config": "Include /etc/ssh/sshd_config.d/*.conf\nUsePAM yes\n",
  "/etc/network/interfaces.d/50-cloud-init": "auto eth0\n",
  "/var/cache/apt/archives/x.deb": "x",
  "/boot/grub/grub.cfg": "linux /vmlinuz root=UUID=1111 ro\n",
};

/** Debian's, with netplan and a resolver behind a link. */
export const ubuntu: Layout = {
  ...debian,
  "/usr/lib/os-release": 'PRETTY_NAME="Ubuntu 24.04.1 LTS"\nVERSION_ID="24.04"\nID=ubuntu\nID_LIKE=debian\n',
  "/etc/resolv.conf": "-> ../run/systemd/resolve/stub-resolv.conf",
  "/etc/netplan/50-cloud-init.yaml": "network: {}\n",
  "/boot/grub/grub.cfg": "linux /vmlinuz root=/dev/vda1 ro\n",
};

/** rpm, sysconfig, boot loader entries, mail and jobs in their places of that family. */
export const redHat: Layout = {
  "/usr/lib/os-release":
    'NAME="Rocky Linux"\nID="rocky"\nVERSION_ID="9.4"\nPRETTY_NAME="Rocky Linux 9.4 (Blue Onyx)"\n',
  "/etc/os-release": "-> ../usr/lib/os-release",
  "/bin": "-> usr/bin",
  "/etc/passwd": passwd("/bin/bash"),
  "/etc/fstab":
    "UUID=11111111-2222-3333-4444-555555555555 / xfs defaults 0 0\n/dev/vdb1 /home/scratch xfs defaults 0 0\n",
  "/usr/lib/sysimage/rpm/rpmdb.sqlite": "x",
  "/usr/bin/qemu-ga": ["", 0o755],
  "/etc/sysconfig/iptables": "*filter\n-A INPUT -s 10.11.12.13 -j ACCEPT\nCOMMIT\n",
  "/etc/sysconfig/network-scripts/ifcfg-eth0": "DEVICE=eth0\nBOOTPROTO=dhcp\nHWADDR=fa:16:3e:00:00:01\n",
  "/etc/ssh/sshd_config.d/50-redhat.conf": "SyslogFacility AUTHPRIV\n",
  "/boot/loader/entries/abc.conf": "options root=/dev/vda4 ro console=ttyS0\n",
  "/var/spool/cron/alice": "* * * * * x\n",
  "/var/cache/dnf/x.solv": "x",
  "/var/cache/libdnf5/fedora-1/packages/x.rpm": "x",
  // Of dnf and of dnf5: who installed what by which command line. Why a package is there stands elsewhere in dnf5's folder.
  "/var/lib/dnf/history.sqlite": "dnf install --setopt=proxy_password=x",
  "/var/lib/dnf/history.sqlite-wal": "dnf install --setopt=proxy_password=x",
  "/usr/lib/sysimage/libdnf5/transaction_history.sqlite": "dnf install --setopt=proxy_password=x",
  "/usr/lib/sysimage/libdnf5/transaction_history.sqlite-wal": "dnf install --setopt=proxy_password=x",
  "/usr/lib/sysimage/libdnf5/packages.toml": "[packages]\n",
  "/var/lib/NetworkManager/internal-1.lease": "x",
};
