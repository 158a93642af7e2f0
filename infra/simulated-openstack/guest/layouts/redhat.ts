// A cloud image of Rocky Linux 9, never booted: what differs from Debian where a clean-up, a check or cloud-init looks.
import type { Layout } from "../lay-tree.ts";
import { debian } from "./debian.ts";

const {
  "/etc/debian_version": _version,
  "/usr/share/openssh/sshd_config": _sample,
  "/var/lib/dpkg/status": _status,
  ...rest
} = debian;
const common = Object.fromEntries(
  Object.entries(rest).filter(
    ([path]) => !/^\/(var\/lib\/dpkg|var\/log|boot|usr\/sbin\/qemu-ga|etc\/cloud|etc\/network)/.test(path),
  ),
);

export const redhat: Layout = {
  ...common,
  "/usr/lib/os-release":
    'NAME="Rocky Linux"\nVERSION="9.4 (Blue Onyx)"\nID="rocky"\nID_LIKE="rhel centos fedora"\nVERSION_ID="9.4"\nPRETTY_NAME="Rocky Linux 9.4 (Blue Onyx)"\n',
  "/etc/redhat-release": "Rocky Linux release 9.4 (Blue Onyx)\n",
  "/etc/group": "root:x:0:\nadm:x:4:\nwheel:x:10:\nusers:x:100:\nnobody:x:65534:\n",
  "/etc/passwd":
    "root:x:0:0:root:/root:/bin/bash\nadm:x:3:4:adm:/var/adm:/sbin/nologin\nnobody:x:65534:65534:Kernel Overflow User:/:/sbin/nologin\nsshd:x:74:74:Privilege-separated SSH:/usr/share/empty.sshd:/sbin/nologin\n",
  "/etc/shadow": {
    text: "root:!!:19600:0:99999:7:::\nadm:*:19600:0:99999:7:::\nnobody:*:19600:0:99999:7:::\nsshd:!!:19600::::::\n",
    mode: 0,
  },
  "/etc/fstab":
    "UUID=7d1c2b3a-4f5e-4a6b-9c8d-0e1f2a3b4c5d / xfs defaults 0 0\nUUID=B1C2-D3E4 /boot/efi vfat defaults,uid=0,gid=0,umask=077 0 2\n",
  "/etc/ssh/sshd_config": {
    text: "Include /etc/ssh/sshd_config.d/*.conf\nAuthorizedKeysFile .ssh/authorized_keys\n",
    mode: 0o600,
  },
  "/etc/ssh/sshd_config.d/50-redhat.conf": { text: "SyslogFacility AUTHPRIV\nUsePAM yes\n", mode: 0o600 },
  "/etc/cloud/cloud.cfg":
    "users:\n - default\ndisable_root: true\nsystem_info:\n  distro: rocky\n  default_user:\n    name: rocky\n",
  "/etc/sysconfig/network-scripts/": {},
  "/etc/sysconfig/iptables": "*filter\n:INPUT ACCEPT [0:0]\nCOMMIT\n",
  "/usr/lib/tmpfiles.d/tmp.conf": "q /tmp 1777 root root 10d\nq /var/tmp 1777 root root 30d\n",
  "/usr/lib/sysimage/rpm/rpmdb.sqlite": "SQLite format 3\0",
  "/boot/loader/entries/0a1b2c3d-5.14.0-427.el9.x86_64.conf":
    "title Rocky Linux (5.14.0-427.el9.x86_64) 9.4 (Blue Onyx)\nlinux /vmlinuz-5.14.0-427.el9.x86_64\noptions root=UUID=7d1c2b3a-4f5e-4a6b-9c8d-0e1f2a3b4c5d ro console=ttyS0,115200n8\n",
  "/etc/default/grub": 'GRUB_CMDLINE_LINUX="console=ttyS0,115200n8 no_timer_check"\n',
  "/var/log/dnf.log": "2026-01-12T03:00:00+0000 INFO --- logging initialized ---\n",
  "/var/cache/dnf/": {},
  "/var/lib/NetworkManager/": {},
};
