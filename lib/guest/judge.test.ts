// Each thing that can be wrong with a fresh boot is a stop or a warning of its own; nothing wrong is sound.
import { type Expectations, judge } from "./judge.ts";
import type { VerifyReport } from "./report.ts";

const hashOf = (letter: string) => letter.repeat(64);
const sound: VerifyReport = {
  kind: "verify",
  os: { id: "debian", versionId: "12", prettyName: "Debian" },
  machineIdHash: hashOf("a"),
  hostKeyHashes: [hashOf("b")],
  guestAgent: "active",
  cloudInit: { version: "22.4" },
  problems: [],
  cloudInitStatus: { status: "done", datasource: "DataSourceConfigDrive [net,ver=2]", errors: [] },
  forbidden: { items: [], omitted: 0 },
  postScripts: [{ name: "10-a", exitStatus: 0, timedOut: false, outputEnd: "ok" }],
  rootFileSystem: {
    fileSystem: "ext4",
    device: "/dev/vda1",
    sizeBytes: 2e9,
    usedBytes: 1e9,
    diskBytes: 2e9,
    grown: true,
  },
  accounts: ["debian"],
  packages: { items: ["a 1"], omitted: 0 },
};
const expected: Expectations = {
  guestAgentNeeded: true,
  source: {
    machineIdHash: hashOf("c"),
    hostKeyHashes: [hashOf("d")],
    postScripts: { folderProblems: [], scripts: [] },
  },
};

test("why a post-script will not run is told with the image", () => {
  const postScripts = {
    folderProblems: ["has mode 700, not 755"],
    scripts: [
      { name: "10-good", problems: [] },
      { name: "20-mode", problems: ["has mode 644, not 755", "is not root's"] },
    ],
  };
  const source = { machineIdHash: hashOf("c"), hostKeyHashes: [hashOf("d")], postScripts };
  expect(judge(sound, { ...expected, source })).toEqual({
    sound: true,
    stops: [],
    warnings: [
      { code: "post-scripts-folder", detail: "/etc/atmo/post-scripts.d has mode 700, not 755." },
      { code: "post-script-wrong", detail: "20-mode has mode 644, not 755." },
      { code: "post-script-wrong", detail: "20-mode is not root's." },
    ],
  });
});

test("sound", () => expect(judge(sound, expected)).toEqual({ sound: true, stops: [], warnings: [] }));

test.each<[string, Partial<VerifyReport>]>([
  ["cloud-init-unfinished", { cloudInitStatus: { ...sound.cloudInitStatus, status: "running" } }],
  ["cloud-init-error", { cloudInitStatus: { ...sound.cloudInitStatus, status: "error", errors: ["x"] } }],
  ["cloud-init-datasource", { cloudInitStatus: { ...sound.cloudInitStatus, datasource: "DataSourceNone" } }],
  ["no-cloud-init", { cloudInit: { version: "" } }],
  ["excluded-path", { forbidden: { items: [{ path: "/opt/x", why: "excluded" }], omitted: 0 } }],
  ["forbidden-path", { forbidden: { items: [{ path: "/home/x", why: "emptied-folder" }], omitted: 0 } }],
  ["forbidden-path", { forbidden: { items: [], omitted: 3 } }],
  ["same-machine-id", { machineIdHash: hashOf("c") }],
  ["no-machine-id", { machineIdHash: "" }],
  ["same-host-key", { hostKeyHashes: [hashOf("b"), hashOf("d")] }],
  ["no-host-key", { hostKeyHashes: [] }],
  ["no-guest-agent", { guestAgent: "absent" }],
])("stop: %s", (code, change) => {
  const verdict = judge({ ...sound, ...change }, expected);
  expect(verdict.sound).toBe(false);
  expect(verdict.stops.map((stop) => stop.code)).toEqual([code]);
});

test.each<[string, Partial<VerifyReport>, Partial<Expectations>]>([
  ["no-guest-agent", { guestAgent: "absent" }, { guestAgentNeeded: false }],
  ["cloud-init-degraded", { cloudInitStatus: { ...sound.cloudInitStatus, status: "degraded" } }, {}],
  ["not-grown", { rootFileSystem: { ...sound.rootFileSystem, grown: false } }, {}],
  ["disk-full", { rootFileSystem: { ...sound.rootFileSystem, usedBytes: 1.99e9 } }, {}],
  ["post-script-failed", { postScripts: [{ name: "x", exitStatus: 1, timedOut: false, outputEnd: "no\n" }] }, {}],
  ["post-script-timeout", { postScripts: [{ name: "x", exitStatus: null, timedOut: true, outputEnd: "" }] }, {}],
  ["post-script-not-run", { postScripts: [{ name: "x", exitStatus: null, timedOut: false, outputEnd: "" }] }, {}],
  ["problem", { problems: ["odd"] }, {}],
])("warning: %s", (code, change, others) => {
  const verdict = judge({ ...sound, ...change }, { ...expected, ...others });
  expect(verdict.sound).toBe(true);
  expect(verdict.warnings.map((warning) => warning.code)).toEqual([code]);
});

test("of an image taken as it is nobody expects a fresh identity", () => {
  expect(
    judge({ ...sound, machineIdHash: hashOf("c"), hostKeyHashes: [hashOf("d")] }, { guestAgentNeeded: true }).sound,
  ).toBe(true);
});
