// What is sent again, what is not, how long it waits, and what is then known.
import { connect } from "./cloud.ts";
import { faultOf } from "./expect-fault.ts";
import type { CallReport, ConnectOptions, Limits } from "./options.ts";
import { retryAfterSeconds } from "./retry.ts";
import { type HandClock, handClock, type ScriptedCloud, startScriptedCloud } from "./scripted-cloud.ts";
import { type Step, startScriptedServer } from "./scripted-server.ts";

const image = {
  id: "i1",
  name: "one",
  status: "active",
  visibility: "private",
  created_at: "2026-11-23T09:39:34Z",
  updated_at: "2026-11-23T09:39:34Z",
};
const getImage = "GET /image/v2/images/i1";
const patchImage = "PATCH /image/v2/images/i1";
const unlock = "POST /compute/v2.1/servers/s1/action";

let server: ScriptedCloud;
let clock: HandClock;
let reports: CallReport[];

beforeEach(async () => {
  server = await startScriptedCloud();
  clock = handClock();
  reports = [];
});

afterEach(async () => {
  await server.close();
});

function cloud(options: ConnectOptions = {}) {
  return connect(server.config, { clock, random: () => 0.5, onCall: (call) => reports.push(call), ...options });
}

describe("a read", () => {
  const passing: [string, Step][] = [
    ["500", { status: 500 }],
    ["502", { status: 502, text: "<html><h1>Bad Gateway</h1></html>" }],
    ["503", { status: 503 }],
    ["504", { status: 504 }],
    ["429", { status: 429 }],
    ["a reset", "reset"],
    ["half an answer", "cut"],
  ];
  test.each(passing)("is sent again after %s", async (_name, step) => {
    server.script(getImage, step, { json: image });
    expect((await cloud().image.getImage("i1")).name).toBe("one");
    expect(server.asked(getImage)).toHaveLength(2);
    expect(clock.slept).toEqual([100]);
  });

  test("is sent again after a time-out", async () => {
    server.script(getImage, "hang", { json: image });
    expect((await cloud({ limits: { timeoutMs: 1_000 } }).image.getImage("i1")).name).toBe("one");
    expect(reports.map(({ status, fault }) => [status, fault])).toEqual([
      [201, undefined],
      [undefined, "timedOut: no whole answer within 1000 ms"],
      [200, undefined],
    ]);
  });

  test("ends after the attempts are used up, with growing pauses, and its outcome is known", async () => {
    server.script(getImage, { status: 503, json: { message: "down" } });
    const fault = await faultOf(cloud().image.getImage("i1"));
    expect(fault).toMatchObject({ kind: "unavailable", status: 503, outcomeKnown: true, detail: "down" });
    expect(clock.slept).toEqual([100, 200, 400]);
    expect(reports.filter(({ service }) => service === "image").map(({ attempt }) => attempt)).toEqual([1, 2, 3, 4]);
  });

  test("ends when the next pause would go beyond the time budget", async () => {
    server.script(getImage, { status: 503 });
    await faultOf(cloud({ limits: { attempts: 100, retryBudgetMs: 1_000 } }).image.getImage("i1"));
    expect(clock.slept).toEqual([100, 200, 400]);
  });

  test("waits the whole of the jitter's range at most, none of it at least", async () => {
    server.script(getImage, { status: 503 });
    await faultOf(cloud({ random: () => 0 }).image.getImage("i1"));
    expect(clock.slept).toEqual([0, 0, 0]);
  });

  test.each([400, 403, 404, 409, 410, 413, 501])("is not sent again after %d", async (status) => {
    server.script(getImage, { status });
    await faultOf(cloud().image.getImage("i1"));
    expect(server.asked(getImage)).toHaveLength(1);
  });
});

describe("a write", () => {
  const broken: [string, Step, number | undefined, Partial<Limits>?][] = [
    ["500", { status: 500 }, 500],
    ["502", { status: 502 }, 502],
    ["503 without Retry-After", { status: 503 }, 503],
    ["504", { status: 504 }, 504],
    ["a reset", "reset", undefined],
    ["half an answer", "cut", undefined],
    ["a time-out", "hang", undefined, { timeoutMs: 1_000 }],
  ];
  test.each(broken)(
    "is not sent again after %s: nobody knows whether it was performed",
    async (_name, step, status, limits = {}) => {
      server.script(patchImage, step);
      const fault = await faultOf(cloud({ limits }).image.patchImage("i1", []));
      expect(fault).toMatchObject({ kind: "unavailable", outcomeKnown: false, status });
      expect(server.asked(patchImage)).toHaveLength(1);
    },
  );

  test("that got 503 with Retry-After was not performed", async () => {
    server.script(patchImage, { status: 503, headers: { "retry-after": "7" } });
    const fault = await faultOf(cloud().image.patchImage("i1", []));
    expect(fault).toMatchObject({ kind: "unavailable", outcomeKnown: true, retryAfterSeconds: 7 });
  });

  test("is sent again when the connection was refused: nothing of it had left", async () => {
    // Whoever else is at work may have been given the port meanwhile.
    await sentToRevived().catch((error: Error) => {
      if (!String(error.cause).includes("EADDRINUSE")) throw error;
      return sentToRevived();
    });
    expect(reports.map(({ path, status }) => [path, status])).toEqual([
      ["/auth/tokens", 201],
      ["/servers/s1/action", undefined],
      ["/servers/s1/action", 202],
    ]);
    expect(reports[1]?.fault).toContain("ECONNREFUSED");
  });

  async function sentToRevived(): Promise<void> {
    reports = [];
    const second = await startScriptedServer();
    await second.close(); // its port now refuses
    const port = Number(new URL(second.url).port);
    let revived: Awaited<ReturnType<typeof startScriptedServer>> | undefined;
    clock = handClock(undefined, async () => {
      revived ??= await startScriptedServer(undefined, port);
      revived.script(unlock, { status: 202 });
    });
    const catalog = [
      {
        type: "compute",
        name: "",
        endpoints: [{ interface: "public", region: "RegionOne", url: `${second.url}/compute/v2.1` }],
      },
    ];
    await server.close();
    server = await startScriptedCloud({ more: { catalog } });
    await cloud().compute.unlockServer("s1");
    await revived?.close();
  }

  test("that is refused to the end is known not to have been performed", async () => {
    const catalog = [
      {
        type: "compute",
        name: "",
        endpoints: [{ interface: "public", region: "RegionOne", url: "http://127.0.0.1:9/v2.1" }],
      },
    ];
    await server.close();
    server = await startScriptedCloud({ more: { catalog } });
    const fault = await faultOf(cloud().compute.unlockServer("s1"));
    expect(fault).toMatchObject({ kind: "unavailable", outcomeKnown: true });
    expect(reports).toHaveLength(5);
  });

  test.each([
    ["429", { status: 429 }],
    ["429 with Retry-After", { status: 429, headers: { "retry-after": "0" } }],
    ["413 with Retry-After", { status: 413, headers: { "retry-after": "2" } }],
  ] as [string, Step][])("is sent again after %s, which was not performed", async (_name, step) => {
    server.script(patchImage, step, { json: image });
    expect((await cloud().image.patchImage("i1", [])).id).toBe("i1");
    expect(server.asked(patchImage)).toHaveLength(2);
  });

  test("is not sent again after 413 with Retry-After: 0, Cinder's way to say that a quota is full", async () => {
    server.script(patchImage, {
      status: 413,
      headers: { "retry-after": "0" },
      json: { overLimit: { code: 413, message: "VolumeSizeExceedsAvailableQuota", retryAfter: "0" } },
    });
    const fault = await faultOf(cloud().image.patchImage("i1", []));
    expect(fault).toMatchObject({ kind: "overQuota", detail: "VolumeSizeExceedsAvailableQuota", outcomeKnown: true });
    expect(server.asked(patchImage)).toHaveLength(1);
  });
});

describe("Retry-After", () => {
  test("is waited for, with jitter upon it", async () => {
    server.script(getImage, { status: 429, headers: { "retry-after": "3" } }, { json: image });
    await cloud().image.getImage("i1");
    expect(clock.slept).toEqual([3_100]);
  });

  test("may be an HTTP date", async () => {
    server.script(
      getImage,
      { status: 429, headers: { "retry-after": "Mon, 23 Nov 2026 12:00:04 GMT" } },
      { json: image },
    );
    await cloud().image.getImage("i1");
    expect(clock.slept).toEqual([4_100]);
  });

  test("beyond the budget ends the call at once", async () => {
    server.script(getImage, { status: 429, headers: { "retry-after": "3600" } });
    const fault = await faultOf(cloud().image.getImage("i1"));
    expect(fault).toMatchObject({ kind: "throttled", retryAfterSeconds: 3600, status: 429 });
    expect(clock.slept).toEqual([]);
  });

  test.each([
    ["12", 12],
    ["1.5", 1.5],
    ["Mon, 23 Nov 2026 11:00:00 GMT", 0],
    ["soon", undefined],
    ["", undefined],
    ["-5", undefined],
  ])("%j means %p seconds", (written, seconds) => {
    expect(retryAfterSeconds({ "retry-after": written }, Date.UTC(2026, 10, 23, 12))).toBe(seconds);
  });
});

describe("an abort by the caller", () => {
  test("while a write waits for its answer leaves the outcome unknown", async () => {
    const end = new AbortController();
    server.script(patchImage, () => {
      end.abort();
      return { json: image };
    });
    const fault = await faultOf(cloud().within(end.signal).image.patchImage("i1", []));
    expect(fault).toMatchObject({ kind: "unavailable", outcomeKnown: false, detail: "aborted by the caller" });
    expect(clock.slept).toEqual([]);
  });

  test("while a read waits for its answer ends it without another pause", async () => {
    const end = new AbortController();
    server.script(getImage, () => {
      end.abort();
      return { json: image };
    });
    const fault = await faultOf(cloud().within(end.signal).image.getImage("i1"));
    expect(fault).toMatchObject({ kind: "unavailable", outcomeKnown: true });
    expect(clock.slept).toEqual([]);
  });

  test("before a write is sent leaves it known, and sends nothing", async () => {
    const root = cloud();
    await root.token();
    const end = new AbortController();
    end.abort();
    const fault = await faultOf(root.within(end.signal).image.patchImage("i1", []));
    expect(fault).toMatchObject({ kind: "unavailable", outcomeKnown: true });
    expect(server.asked(patchImage)).toHaveLength(0);
  });

  test("between two attempts ends the call there", async () => {
    const end = new AbortController();
    clock = handClock(undefined, () => end.abort());
    server.script(patchImage, { status: 429 });
    const fault = await faultOf(cloud().within(end.signal).image.patchImage("i1", []));
    expect(fault).toMatchObject({ kind: "unavailable", outcomeKnown: true, detail: "aborted by the caller" });
    expect(server.asked(patchImage)).toHaveLength(1);
  });

  test("of a write that waits for a free connection leaves it known", async () => {
    const root = cloud({ limits: { maxConnections: 1 } });
    await root.token();
    const end = new AbortController();
    let finish: (() => void) | undefined;
    server.script(getImage, () => new Promise((resolve) => (finish = () => resolve({ json: image }))));
    const first = root.image.getImage("i1");
    const second = faultOf(root.within(end.signal).image.patchImage("i1", []));
    while (finish === undefined) await new Promise((resolve) => setImmediate(resolve));
    end.abort();
    expect(await second).toMatchObject({ kind: "unavailable", outcomeKnown: true });
    finish();
    await first;
    expect(server.asked(patchImage)).toHaveLength(0);
  });
});
