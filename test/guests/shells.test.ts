// The scripts in every shell that a guest may have, and on BusyBox's tools instead of GNU's. Needs busybox and shellcheck.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hearClean, hearVerify } from "../../lib/guest/console.ts";
import { guestTree } from "../../lib/guest/guest-tree.ts";
import { debian, ownersThings, redHat } from "../../lib/guest/layouts.ts";
import { cleanScript, verifyScript } from "../../lib/guest/user-data.ts";

const nonce = "0123456789abcdef";
const canary = "c4n4ry-5d0f2b6e";
const cleanJob = {
  nonce,
  excludePaths: ['/opt/it\'s "$(x)"\n*'],
  keepPaths: ["/home/alice/no [1]*"],
  keptSystemFiles: [],
};
const verifyJob = { ...cleanJob, emptied: true };
const scripts = [cleanScript(cleanJob), verifyScript(verifyJob)];
const hook = join(import.meta.dirname, "../../lib/guest/scripts/post-scripts-hook.sh");

const applets = mkdtempSync(join(tmpdir(), "applets-"));
const busyboxOnly = `${join(applets, "sh")}`;
beforeAll(() => execFileSync("busybox", ["--install", "-s", applets]));
afterAll(() => rmSync(applets, { recursive: true }));

test.each([
  ["dash", "dash"],
  ["BusyBox's shell", "busybox sh"],
  ["bash as sh", "bash --posix"],
])("by %s: everything of the owner is gone, by verify's eyes too", (_name, shell) => {
  expectCleaned(shell, {});
});

test("with BusyBox's tools only: the same", () => {
  expectCleaned(busyboxOnly, { PATH: applets });
});

function expectCleaned(shell: string, env: Record<string, string>) {
  for (const layout of [debian, redHat]) {
    const kept = {
      "/home/alice/no [1]*/x": "kept",
      "/opt/app/new\nline.key": "-----BEGIN PRIVATE KEY-----\n",
    };
    const guest = guestTree(ownersThings(canary), layout, { [cleanJob.excludePaths[0] ?? ""]: canary }, kept);
    try {
      guest.run(scripts[0] ?? "", { shell, env });
      expect(hearClean(guest.console(), nonce)).toMatchObject({
        kind: "report",
        report: {
          excluded: { items: [{ path: cleanJob.excludePaths[0], outcome: "removed", files: 1 }] },
          kept: cleanJob.keepPaths,
          secrets: { items: [{ path: "/opt/app/new\nline.key", kind: "private-key" }] },
        },
      });
      expect(guest.find(canary)).toEqual([]);
      expect(guest.read("/home/alice/no [1]*/x")).toBe("kept");
      guest.run(scripts[1] ?? "", { shell, env });
    } finally {
      guest.remove();
    }
  }
}

test("of more suspects than are looked at, each is named, and counted where the report ends", () => {
  const suspects = Object.fromEntries(
    Array.from({ length: 2_010 }, (_, n) => [`/opt/keys/${n}/.npmrc`, "registry=x\n"]),
  );
  const guest = guestTree(debian, suspects);
  try {
    guest.run(scripts[0] ?? "");
    const heard = hearClean(guest.console(), nonce);
    if (heard.kind !== "report") throw new Error(`no report: ${JSON.stringify(heard)}`);
    const { items, omitted } = heard.report.secrets;
    expect(items.length + omitted).toBe(10);
    expect(items[0]).toMatchObject({ kind: "not looked at" });
  } finally {
    guest.remove();
  }
});

test("what verify says by BusyBox's tools is what it says by GNU's", () => {
  const guest = guestTree(ownersThings(canary), debian);
  try {
    guest.run(scripts[1] ?? "", { shell: "dash" });
    const one = hearVerify(guest.console(), nonce);
    expect(one.kind).toBe("report");
    guest.forget();
    guest.run(scripts[1] ?? "", { shell: busyboxOnly, env: { PATH: applets } });
    expect(hearVerify(guest.console(), nonce)).toEqual(one);
  } finally {
    guest.remove();
  }
});

test("shellcheck finds nothing, in the scripts as they are put together and in the hook", () => {
  // SC2016: programs for awk and sh stand in single quotes on purpose. SC2086, SC2046: lists of folders of ours, split on purpose.
  // SC2015: the middle never fails. SC2034: what eval reads. SC2030, SC2031: the heartbeat has notes of its own.
  const passed = "--exclude=SC2016,SC2086,SC2046,SC2015,SC2034,SC2030,SC2031";
  for (const script of scripts) {
    const found = spawnSync("shellcheck", ["--shell=dash", "--severity=info", passed, "-"], {
      input: script,
      encoding: "utf8",
    });
    if (found.error) throw found.error;
    expect(found.stdout).toBe("");
  }
  execFileSync("shellcheck", [hook]);
});
