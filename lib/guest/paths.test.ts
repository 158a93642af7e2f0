// The door for paths: what is refused, with which reason, and that everything else passes.
import fc from "fast-check";
import { excludePathProblem, keepPathProblem, systemFileProblem } from "./paths.ts";

test.each([
  ["/", "is a system directory"],
  ["//", "is a system directory"],
  ["/etc", "is a system directory"],
  ["/etc/", "is a system directory"],
  ["/./etc/.", "is a system directory"],
  ["/usr", "is a system directory"],
  ["/usr/bin", "is a system directory"],
  ["/var", "is a system directory"],
  ["/var/lib", "is a system directory"],
  ["/boot", "is a system directory"],
  ["/lib64", "is a system directory"],
  ["/home", "is a system directory"],
  ["/etc/passwd", "is a system directory or file"],
  ["/usr/bin/cloud-init", "is a system directory or file"],
  ["/proc", "is in /proc"],
  ["/proc/1/mem", "is in /proc"],
  ["/sys/x", "is in /sys"],
  ["/dev/vda", "is in /dev"],
  ["/run/x", "is in /run"],
  ["/etc/atmo/post-scripts.d/10-x", "is in /etc/atmo"],
  ["/var/lib/cloud/instances", "is in /var/lib/cloud"],
  ["/usr/local/sbin", "is a system directory"],
  ["etc", "is not an absolute path"],
  ["/opt/../etc", "holds .. as a folder"],
  ["/opt/\0", "holds a NUL"],
  [`/${"x".repeat(256)}`, "holds a name of more than 255 bytes"],
  [`/${"ü".repeat(128)}`, "holds a name of more than 255 bytes"],
  [`/${"x/".repeat(2100)}`, "has more than 4095 bytes"],
])("%j may not be excluded: it %s", (path, why) => {
  expect(excludePathProblem(path)).toContain(why);
});

test.each([
  "/opt/x",
  "/home/alice/data",
  "/etc/myapp.conf",
  "/usr/local/bin/tool",
  "/var/lib/mysql",
  "/opt/a..b/..c",
  "/proceedings",
  "/opt/it's $(x)\n*",
  "/etc/cloud/cloud.cfg.d/99-mine.cfg",
])("%j may be excluded", (path) => expect(excludePathProblem(path)).toBeUndefined());

test("no spelling of a refused path passes", () => {
  const spelling = (path: string) =>
    fc.array(fc.constantFrom("/", "/./", "//"), { minLength: 5, maxLength: 5 }).map(
      (seps) =>
        path
          .split("/")
          .slice(1)
          .map((name, at) => (seps[at] ?? "/") + name)
          .join("") + (seps[4] === "//" ? "/" : ""),
    );
  fc.assert(
    fc.property(
      fc.constantFrom("/etc", "/usr/bin", "/etc/passwd", "/var/lib", "/proc/x", "/etc/atmo/x").chain(spelling),
      (path) => excludePathProblem(path) !== undefined,
    ),
    { seed: 1 },
  );
});

test.each([
  ["/home", "is a whole folder"],
  ["/root/", "is a whole folder"],
  ["/opt/x", "is in none of the folders that are emptied"],
  ["/home/alice/.ssh", "holds keys"],
  ["/home/alice/.ssh/authorized_keys", "holds keys"],
  ["/root/.bash_history", "holds keys"],
  ["/home/../x", "holds .."],
])("%j may not be kept: it %s", (path, why) => expect(keepPathProblem(path)).toContain(why));

test.each(["/home/shared", "/home/alice/course material", "/root/setup", "/mnt/reference"])("%j may be kept", (path) =>
  expect(keepPathProblem(path)).toBeUndefined(),
);

test.each([
  ["/etc/ssh/", "is a whole folder"],
  ["/etc", "is a whole folder"],
  ["/etc/ssh//ssh_host_rsa_key", "says which machine this is"],
  ["/etc/machine-id", "says which machine this is"],
  ["etc/hosts", "is not an absolute path"],
  ["/etc/../etc/ssh", "holds .."],
])("%j is no system file to be kept: it %s", (path, why) => expect(systemFileProblem(path)).toContain(why));

test.each(["/etc/hosts", "/etc/passwd", "/etc/ssh/sshd_config", "/etc/ssh/sshd_config.d", "/etc/nginx/nginx.conf"])(
  "%j may be named as a changed system file",
  (path) => expect(systemFileProblem(path)).toBeUndefined(),
);
