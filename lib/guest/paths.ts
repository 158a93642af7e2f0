// Which paths a person may name, to be excluded or kept: what cannot be handled inside a guest is refused at the door, with the reason.

/** Undefined: it is fine. Else why not, in words that follow the path's name: "is a system directory …". */
export function excludePathProblem(path: string): string | undefined {
  const shape = shapeProblem(path);
  if (shape) return shape;
  const plain = normalPath(path);
  const untouched = untouchedPaths.find((each) => isIn(plain, each));
  if (untouched) return `is in ${untouched}, which is not to be touched`;
  const needed = [...neededPaths, ...untouchedPaths].find((each) => isIn(each, plain));
  if (needed === plain || plain === "/")
    return "is a system directory or file: without it the image would not start or could not be checked";
  if (needed) return `holds ${needed}, without which the image would not start or could not be checked`;
  return undefined;
}

/** What is kept in spite of the rules must be something that the rules would remove, and no identity or secret of this one machine. */
export function keepPathProblem(path: string): string | undefined {
  const shape = shapeProblem(path);
  if (shape) return shape;
  const plain = normalPath(path);
  const whole = ["/", ...emptiedFolders].find((each) => each === plain);
  if (whole) return "is a whole folder that is emptied: name what in it is to be kept";
  if (!emptiedFolders.some((each) => isIn(plain, each)))
    return `is in none of the folders that are emptied (${emptiedFolders.join(", ")}), so it stays anyway or is a system file, which is named elsewhere`;
  if (
    /\/(\.ssh|\.gnupg|\.aws|\.kube|\.docker|\.config)(\/|$)|\/\.[^/]*(history|netrc|pgpass|git-credentials)[^/]*$/.test(
      plain,
    )
  )
    return "holds keys or credentials of a person";
  return undefined;
}

/** A system file that was changed stays as it is: a file, or the few folders that hold settings of one kind; never what says which machine this is. */
export function systemFileProblem(path: string): string | undefined {
  const shape = shapeProblem(path);
  if (shape) return shape;
  const plain = normalPath(path);
  if (["/", "/etc", "/etc/ssh"].includes(plain)) return "is a whole folder: name the files in it that were changed";
  if (/^\/etc\/(machine-id$|ssh\/ssh_host_)/.test(plain)) return "says which machine this is: no image may keep it";
  return undefined;
}

/** The folders whose content goes. */
export const emptiedFolders = ["/home", "/mnt", "/tmp", "/root", "/var/tmp"] as const;

/** May neither be removed nor lie in what is removed. The scripts compare again, for inside a guest a symlink may lead here. */
export const neededPaths = [
  ..."bin boot etc home lib lib32 lib64 libx32 media mnt opt root sbin srv tmp usr var"
    .split(" ")
    .map((name) => `/${name}`),
  ..."bin lib lib32 lib64 libexec local local/sbin sbin share".split(" ").map((name) => `/usr/${name}`),
  ..."cache lib lib/dpkg lib/rpm lib/systemd log spool tmp".split(" ").map((name) => `/var/${name}`),
  ..."cloud fstab group gshadow hosts init.d kernel machine-id os-release pam.d passwd selinux shadow ssh systemd sudoers udev"
    .split(" ")
    .map((name) => `/etc/${name}`),
  ..."bash cloud-init dash env sh systemctl".split(" ").map((name) => `/usr/bin/${name}`),
  ..."modules systemd python3 cloud-init".split(" ").map((name) => `/usr/lib/${name}`),
  "/usr/sbin/init",
  "/usr/sbin/qemu-ga",
  "/usr/lib/sysimage/rpm",
  "/vmlinuz",
  "/initrd.img",
] as const;

/** Nothing at all in these: file systems of the kernel, and what the cleaning itself reads, empties or writes. */
export const untouchedPaths = ["/proc", "/sys", "/dev", "/run", "/var/run", "/etc/atmo", "/var/lib/cloud"] as const;

function shapeProblem(path: string): string | undefined {
  if (!path.startsWith("/")) return "is not an absolute path";
  if (path.includes("\0")) return "holds a NUL character";
  if (path.split("/").includes("..")) return "holds .. as a folder";
  if (Buffer.byteLength(path, "utf8") > 4095) return "has more than 4095 bytes, which no system takes";
  if (path.split("/").some((name) => Buffer.byteLength(name, "utf8") > 255))
    return "holds a name of more than 255 bytes, which no file system takes";
  return undefined;
}

/** Without doubled and last slashes and without ".": as the guest would read it, symlinks aside. */
export function normalPath(path: string): string {
  return `/${path
    .split("/")
    .filter((name) => name !== "" && name !== ".")
    .join("/")}`;
}

function isIn(path: string, folder: string): boolean {
  return path === folder || folder === "/" || path.startsWith(`${folder}/`);
}
