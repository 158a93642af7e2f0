// A cloud image of Debian 12, never booted: as much of it as a clean-up, a check or cloud-init looks at.
import type { Layout } from "../lay-tree.ts";

export const debian: Layout = {
  "/usr/lib/os-release":
    'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian GNU/Linux"\nVERSION_ID="12"\nVERSION="12 (bookworm)"\nVERSION_CODENAME=bookworm\nID=debian\n',
  "/etc/os-release": { link: "../usr/lib/os-release" },
  "/bin": { link: "usr/bin" },
  "/sbin": { link: "usr/sbin" },
  "/lib": { link: "usr/lib" },
  "/usr/sbin/": {},
  "/etc/debian_version": "12.8\n",
  "/etc/passwd":
    "root:x:0:0:root:/root:/bin/bash\ndaemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin\nwww-data:x:33:33:www-data:/var/www:/usr/sbin/nologin\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\nsshd:x:101:65534::/run/sshd:/usr/sbin/nologin\n",
  "/etc/group": "root:x:0:\ndaemon:x:1:\nadm:x:4:\nsudo:x:27:\nwww-data:x:33:\nusers:x:100:\nnogroup:x:65534:\n",
  "/etc/shadow": {
    text: "root:*:19600:0:99999:7:::\ndaemon:*:19600:0:99999:7:::\nwww-data:*:19600:0:99999:7:::\nnobody:*:19600:0:99999:7:::\nsshd:!:19600::::::\n",
    mode: 0o640,
  },
  "/etc/gshadow": { text: "root:*::\nadm:*::\nsudo:*::\nusers:*::\n", mode: 0o640 },
  "/etc/subuid": "",
  "/etc/subgid": "",
  "/etc/fstab":
    "# /etc/fstab: static file system information\nUUID=3c1f8f4a-6a0d-4a1e-8f0c-1d2b3c4d5e6f / ext4 rw,discard,errors=remount-ro 0 1\nUUID=A1B2-C3D4 /boot/efi vfat defaults 0 0\n",
  "/etc/hosts": "127.0.0.1\tlocalhost\n::1\t\tlocalhost ip6-localhost ip6-loopback\n",
  "/etc/host.conf": "multi on\n",
  "/etc/hosts.allow": "# /etc/hosts.allow: list of hosts that are allowed to access the system.\n",
  "/etc/hosts.deny": "# /etc/hosts.deny: list of hosts that are _not_ allowed to access the system.\n",
  "/etc/hostname": "localhost\n",
  "/etc/resolv.conf": "",
  "/etc/machine-id": "",
  "/etc/ssh/sshd_config":
    "Include /etc/ssh/sshd_config.d/*.conf\nKbdInteractiveAuthentication no\nUsePAM yes\nX11Forwarding yes\n",
  "/etc/ssh/sshd_config.d/": {},
  "/usr/share/openssh/sshd_config":
    "Include /etc/ssh/sshd_config.d/*.conf\nKbdInteractiveAuthentication no\nUsePAM yes\nX11Forwarding yes\n",
  "/etc/cloud/cloud.cfg":
    "users:\n   - default\ndisable_root: true\npreserve_hostname: false\nsystem_info:\n   distro: debian\n   default_user:\n     name: debian\n",
  "/etc/cloud/cloud.cfg.d/90_dpkg.cfg": "datasource_list: [ NoCloud, ConfigDrive, OpenStack, Ec2, None ]\n",
  "/usr/bin/cloud-init": { text: "#!/usr/bin/python3\n", mode: 0o755 },
  "/usr/sbin/qemu-ga": { text: "\x7fELF", mode: 0o755 },
  "/usr/lib/tmpfiles.d/tmp.conf": "D /tmp 1777 root root -\nq /var/tmp 1777 root root 30d\n",
  "/var/lib/dpkg/status": [
    "base-files 12.4+deb12u8",
    "cloud-init 22.4.2-1",
    "openssh-server 1:9.2p1-2+deb12u3",
    "qemu-guest-agent 1:7.2+dfsg-7+deb12u7",
  ]
    .map((one) => one.split(" "))
    .map(
      ([name, version]) =>
        `Package: ${name}\nStatus: install ok installed\nArchitecture: amd64\nVersion: ${version}\n\n`,
    )
    .join(""),
  "/var/lib/dpkg/info/openssh-server.list": "/.\n/etc/ssh\n/usr/sbin/sshd\n",
  "/boot/grub/grub.cfg":
    "menuentry 'Debian GNU/Linux' {\n\tlinux /boot/vmlinuz-6.1.0-28-cloud-amd64 root=UUID=3c1f8f4a-6a0d-4a1e-8f0c-1d2b3c4d5e6f ro console=tty0 console=ttyS0,115200\n\tinitrd /boot/initrd.img-6.1.0-28-cloud-amd64\n}\n",
  "/etc/default/grub": 'GRUB_DEFAULT=0\nGRUB_TIMEOUT=0\nGRUB_CMDLINE_LINUX="console=tty0 console=ttyS0,115200"\n',
  "/etc/skel/.bashrc": "# ~/.bashrc\n",
  "/etc/skel/.profile": "# ~/.profile\n",
  "/root/": { mode: 0o700 },
  "/root/.bashrc": "# ~/.bashrc\n",
  "/root/.profile": "# ~/.profile\n",
  "/home/": {},
  "/mnt/": {},
  "/run/": {},
  "/tmp/": { mode: 0o1777 },
  "/var/tmp/": { mode: 0o1777 },
  "/var/log/dpkg.log": "2026-01-12 03:00:00 install cloud-init\n",
  "/var/lib/cloud/": {},
};
