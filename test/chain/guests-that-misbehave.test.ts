// Guests that do not do as they should: each ends in a clear answer within its bound, never as verified, with nothing left and its last words kept.

import type { Misbehaviour } from "../../infra/simulated-openstack/guest/misbehaviours.ts";
import { cleanReport, framesOf, nonceIn, verifyReport } from "../../lib/guest/spoken.ts";
import type { ImageRequest } from "../../lib/requests/image-request.ts";
import { isMade } from "../../lib/requests/ledger-entry.ts";
import { type Bench, expectNothingLeft, serverNow } from "./bench.ts";
import { cleaning, guestsSay, post, reportOf, says, startCleaningBench, verifying } from "./speaking-guests.ts";

const minuteMs = 60_000;
/** Of the policy, where it names no other. */
const patienceMs = 15 * minuteMs;

let bench: Bench;
beforeEach(async () => {
  bench = await startCleaningBench();
});
afterEach(() => bench.close());

interface Ending {
  readonly request: ImageRequest;
  readonly type: string;
  readonly detail: string;
  /** From when the temporary server was asked for. */
  readonly tookMs: number;
  readonly consoleEnd: string;
}

/** Fails where anything of ours is left, where it was published, or where the server is not as found. */
async function endOf(kind: "clean" | "verify", more: Record<string, unknown> = {}): Promise<Ending> {
  const request = await bench.drive(await post(bench, more));
  if (request.end?.status !== "failed") throw new Error(`it ended ${JSON.stringify(request.end)}`);
  expect(request.learned.publish).toBeUndefined();
  expect(request.learned.verify).toBeUndefined();
  await expectNothingLeft(bench, request, { image: false });
  expect(serverNow(bench, "analysis-1")).toMatchObject({ vmState: "active", lockedBy: null });
  const entry = request.ledger.find((each) => each.kind === `${kind}-server`);
  const { type, detail } = request.end.problem;
  const report = await reportOf(bench, request.id);
  return {
    request,
    type: type.slice(type.lastIndexOf(":") + 1),
    detail,
    tookMs: Date.parse(request.endedAt ?? "") - (entry && isMade(entry) ? entry.intentAtMs : Number.NaN),
    consoleEnd: report[kind]?.consoleEnd,
  };
}

const silentOnes: [string, Misbehaviour, RegExp, RegExp][] = [
  ["has no cloud-init", { kind: "no-cloud-init" }, /cloud-init said nothing: it is not installed/, /login: /],
  ["does not look for the config drive", { kind: "no-config-drive" }, /ConfigDrive/, /DataSourceNone/],
  ["stops in its initramfs", { kind: "initramfs-shell" }, /does not find its root file system/, /\(initramfs\)/],
  ["panics", { kind: "kernel-panic" }, /its kernel panicked: VFS/, /Kernel panic/],
  ["says nothing at all", { kind: "silent" }, /never spoke to us.*cloud-init is missing/, /^$/],
];
// A guest that speaks to `clean` and not to `verify` is rare, and waited for by the same code: two kinds of it stand for all.
const ofBoth = [
  ...silentOnes.map(([what, ...rest]) => [what, "clean", ...rest] as const),
  ...silentOnes.slice(1, 3).map(([what, ...rest]) => [what, "verify", ...rest] as const),
];

test.each(ofBoth)(
  "a guest that %s, at %s: given up with the likely cause after its patience",
  async (_what, kind, how, cause, end) => {
    bench.cloud.misbehaviours.add(how, { script: kind === "clean" ? cleaning : verifying });
    guestsSay(bench, {});
    const { type, detail, tookMs, consoleEnd } = await endOf(kind);
    expect(type).toBe("guest-silent");
    expect(detail).toMatch(cause);
    expect(consoleEnd).toMatch(end);
    expect(tookMs).toBeGreaterThanOrEqual(patienceMs);
    expect(tookMs).toBeLessThan(patienceMs + 10 * minuteMs);
  },
);

test("one that prints something new for ever is given up after eight times its patience, and not looked at every second", async () => {
  await bench.close();
  bench = await startCleaningBench({ policy: { guestPatienceMinutes: 3 } });
  bench.cloud.misbehaviours.add({ kind: "garbage" }, { script: cleaning });
  const { request, type, tookMs, consoleEnd } = await endOf("clean");
  expect(type).toBe("guest-silent");
  const listening = request.timeline.find(({ text }) => text.startsWith("inside the temporary server"));
  expect(listening?.looks).toBeLessThan(110);
  expect(tookMs).toBeGreaterThan(23 * minuteMs);
  expect(tookMs).toBeLessThan(27 * minuteMs);
  expect(consoleEnd.length).toBeGreaterThan(1000);
  expect(consoleEnd.length).toBeLessThanOrEqual(16_384);
});

test("a slow one that goes on speaking is waited for, far beyond its patience", async () => {
  // Real scripts: what they print is spread over that time.
  bench.cloud.misbehaviours.add({ kind: "slow", ms: 50 * minuteMs }, { script: cleaning });
  guestsSay(bench, {});
  const request = await bench.drive(await post(bench));
  expect(request.end).toEqual({ status: "completed" });
  expect(Date.parse(request.endedAt ?? "") - Date.parse(request.createdAt)).toBeGreaterThan(3 * patienceMs);
  await expectNothingLeft(bench, request, { image: true });
});

test.each([
  ["stops in the middle", { kind: "stops", share: 0.4 }, /stopped at: /],
  ["fills its disk", { kind: "disk-full", share: 0.4 }, /its disk is full/],
] as const)("one that %s is given up, and says where it was", async (_what, how, cause) => {
  bench.cloud.misbehaviours.add(how, { script: cleaning });
  const { type, detail, tookMs } = await endOf("clean");
  expect(type).toBe("guest-silent");
  expect(detail).toMatch(cause);
  expect(tookMs).toBeLessThan(patienceMs + 10 * minuteMs);
});

describe("what is no report of this run is never taken for one:", () => {
  const foreign = "ffffffffffffffffffffffff";
  const cases: [string, "clean" | "verify", (nonce: string) => readonly string[], string][] = [
    ["frames with another nonce", "clean", () => cleanReport(foreign), "guest-silent"],
    ["frames with another nonce", "verify", () => verifyReport(foreign), "guest-silent"],
    ["a report that is cut short", "clean", (nonce) => cleanReport(nonce).slice(0, -1), "guest-silent"],
    ["a report that is cut short", "verify", (nonce) => verifyReport(nonce).slice(0, -1), "guest-silent"],
    ["the report of the other script", "verify", (nonce) => cleanReport(nonce), "guest-failed"],
    [
      "two reports that differ",
      "verify",
      (nonce) => [...verifyReport(nonce), ...verifyReport(nonce, { guestAgent: "absent" })],
      "guest-failed",
    ],
    [
      "frames under a digest that is not theirs",
      "verify",
      (nonce) => framesOf(nonce, "V", Buffer.from("hello"), { id: "0123456789abcdef" }),
      "guest-failed",
    ],
    [
      "a report that is no report",
      "verify",
      (nonce) => framesOf(nonce, "V", Buffer.from("all is well")),
      "guest-failed",
    ],
    [
      "that the script could not do its work, beside a report",
      "verify",
      (nonce) => [...verifyReport(nonce), ...framesOf(nonce, "F", Buffer.from("no"))],
      "guest-failed",
    ],
    ["words that the script gives up", "clean", (nonce) => framesOf(nonce, "F", Buffer.from("no dd")), "guest-failed"],
  ];
  test.each(cases)("%s, at %s", async (_what, kind, lines, type) => {
    says(bench, kind === "clean" ? cleaning : verifying, (nonce) => ["hello from the guest", ...lines(nonce)]);
    guestsSay(bench, {});
    const ending = await endOf(kind);
    expect(ending.type).toBe(type);
    expect(ending.consoleEnd).toContain("hello from the guest");
    expect(ending.consoleEnd).not.toContain("~dr1");
  });
});

test("frames of an earlier run of the same guest are not those of this one", async () => {
  const heard: string[] = [];
  const text = (script: string) => {
    heard.push(`${cleanReport(nonceIn(script)).join("\n")}\n`);
    return heard[0] ?? "";
  };
  bench.cloud.misbehaviours.add({ kind: "prints", instead: true, text }, { script: cleaning });
  guestsSay(bench, {});
  const first = await bench.drive(await post(bench, { name: "first" }));
  expect(first.end).toEqual({ status: "completed" });
  expect((await endOf("clean", { name: "second" })).type).toBe("guest-silent");
  expect(heard).toHaveLength(2);
});

test("frames that come out of order and repeated are heard all the same", async () => {
  says(bench, cleaning, (nonce) => [...cleanReport(nonce).toReversed(), ...cleanReport(nonce)]);
  guestsSay(bench, {});
  const request = await bench.drive(await post(bench));
  expect(request.end).toEqual({ status: "completed" });
});

test.each([
  [
    "has files where none may be",
    { forbidden: ["/home/alice/x"] },
    /\/home\/alice\/x is in a folder that had to be empty/,
  ],
  [
    "has the source's machine id and host keys",
    { identity: "source" },
    /machine id is the source's.*host keys are the source's/,
  ],
] as const)("a guest that %s is not sound: the image is not published", async (_what, verify, why) => {
  guestsSay(bench, { verify });
  const { type, detail, request } = await endOf("verify");
  expect(type).toBe("not-sound");
  expect(detail).toMatch(why);
  expect((await reportOf(bench, request.id)).verify.verdict.sound).toBe(false);
});

test.each([
  ["stops", "stopped", "guest-stopped"],
  ["is deleted by somebody", "deleted", "temporary-server-gone"],
] as const)(
  "one whose server %s before it has spoken ends the request in words, and its own are kept",
  async (_what, vmState, type) => {
    guestsSay(bench, {});
    const id = await post(bench);
    const temporary = () => Object.values(bench.cloud.state.servers).find(({ name }) => name.startsWith("darkroom-"));
    await bench.drive(id, async () => JSON.stringify(await reportOf(bench, id)).includes("Linux version"));
    Object.assign(temporary() ?? {}, { vmState });
    const ended = await bench.drive(id);
    expect(ended.end).toMatchObject({ status: "failed", problem: { type: expect.stringContaining(type) } });
    expect((await reportOf(bench, id)).clean).toMatchObject({
      report: null,
      consoleEnd: expect.stringContaining("Linux version"),
    });
    await expectNothingLeft(bench, ended, { image: false });
  },
);

test("a console that cannot be read keeps nothing from being tidied up", async () => {
  bench.cloud.faults.add({
    service: "compute",
    body: /os-getConsoleOutput/,
    when: "before",
    answer: { error: 500 },
  });
  guestsSay(bench, {});
  const request = await bench.drive(await post(bench));
  expect(request.end).toMatchObject({
    status: "failed",
    problem: { type: expect.stringContaining("service-unavailable") },
  });
  await expectNothingLeft(bench, request, { image: false });
});
