// The hook inside an image: which post-scripts it runs, in which order, and what it keeps of them.
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { scriptText } from "./script-text.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "hook-"));
  for (const folder of ["etc/atmo/post-scripts.d", "dev", "run", "var/log", "var/lib/cloud/data"])
    mkdirSync(join(root, folder), { recursive: true });
  writeFileSync(join(root, "var/lib/cloud/data/instance-id"), "i-1\n");
});
afterEach(() => rmSync(root, { recursive: true }));

function script(name: string, text: string, mode = 0o755): void {
  const file = join(root, "etc/atmo/post-scripts.d", name);
  writeFileSync(file, text);
  chmodSync(file, mode);
}

/** The hook with every path below the folder, and a short time-out. */
function runHook(): void {
  const text = scriptText.postScriptsHook
    .replace(/(?<=[\s=>'"])\/(etc\/atmo|etc\/machine-id|var\/log|var\/lib|run|dev\/console)/g, `${root}/$1`)
    .replace("TIMEOUT_S=600", "TIMEOUT_S=1");
  execFileSync("sh", ["-s"], { input: text });
}
const kept = (name: string) => readFileSync(join(root, "var/log/atmo/post-scripts", name), "utf8");
const console = () => readFileSync(join(root, "dev/console"), "utf8");

test("sorted by name, with output and exit status kept and told on the console; a failing one stops nobody", () => {
  script("20-second", "#!/bin/bash\necho second; exit 3\n");
  script("10 first", '#!/bin/bash\necho "first as $(id -un) in $HOME"; echo to stderr >&2\n');
  script("30-slow", "#!/bin/bash\necho began; sleep 30\n");
  runHook();
  expect(kept("10 first.log")).toMatch(/^first as .*\nto stderr\n$/);
  expect(kept("10 first.status")).toBe("exit 0\n");
  expect(kept("20-second.status")).toBe("exit 3\n");
  expect(kept("30-slow.status")).toBe("timeout 124\n");
  expect(kept("30-slow.log")).toBe("began\n");
  const told = console().match(/post-script .*/g);
  expect(told).toEqual([
    "post-script 10 first: started",
    "post-script 10 first: exit 0",
    "post-script 20-second: started",
    "post-script 20-second: exit 3",
    "post-script 30-slow: started",
    "post-script 30-slow: timeout 124",
  ]);
  expect(readFileSync(join(root, "run/atmo/post-scripts-done"), "utf8")).toBe("");
});

test("once a launch: not again at a reboot, again on the next machine", () => {
  script("10-count", `#!/bin/bash\necho x >>${root}/ran\n`);
  const ran = () => readFileSync(join(root, "ran"), "utf8").length / 2;
  runHook();
  rmSync(join(root, "run/atmo"), { recursive: true });
  runHook();
  expect(ran()).toBe(1);
  expect(readFileSync(join(root, "run/atmo/post-scripts-done"), "utf8")).toBe("");
  writeFileSync(join(root, "var/lib/cloud/data/instance-id"), "i-2\n");
  runHook();
  expect(ran()).toBe(2);
});

test("what is no post-script is skipped and named", () => {
  script("10-sh", "#!/bin/sh\necho no\n");
  script("20-mode", "#!/bin/bash\necho no\n", 0o644);
  symlinkSync("/nowhere", join(root, "etc/atmo/post-scripts.d/30-dangles"));
  runHook();
  for (const name of ["10-sh", "20-mode", "30-dangles"]) expect(kept(`${name}.status`)).toBe("skipped\n");
});

test("not while an image is being cleaned", () => {
  script("10-a", "#!/bin/bash\ntrue\n");
  mkdirSync(join(root, "run/darkroom"));
  writeFileSync(join(root, "run/darkroom/cleaning"), "");
  runHook();
  expect(() => kept("10-a.status")).toThrow(/ENOENT/);
});
