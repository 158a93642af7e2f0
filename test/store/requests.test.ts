// What the request store promises, method by method and condition by condition, on whatever engine holds the table.
import type { Cancel, Decision, ImageRequest } from "../../lib/requests/image-request.ts";
import type { ClaimedRequest, Outcome } from "../../lib/requests/store.ts";
import { nowMs, openStore, sampleRequest } from "./sample-request.ts";

let opened: Awaited<ReturnType<typeof openStore>>;
beforeAll(async () => {
  opened = await openStore();
});
afterAll(() => opened.close());

const by = { userId: "u", userName: "carol" };
const at = new Date(nowMs).toISOString();
const decision: Decision = { decision: "approve", reason: "fine", by, at };
const cancel: Cancel = { reason: "changed my mind", by, at };
const failed: ImageRequest["end"] = { status: "failed", problem: { type: "t", title: "t", detail: "d" } };

async function stored(more: Partial<ImageRequest> = {}): Promise<ImageRequest> {
  const request = sampleRequest(more);
  expect(await opened.store.create(request)).toBe(true);
  return request;
}
async function claimed(request: ImageRequest, token = "worker"): Promise<ClaimedRequest> {
  const { id, step, version } = request;
  const held = await opened.store.claim(id, step, version, { token, untilMs: nowMs + 60_000 }, nowMs);
  if (!held) throw new Error("not claimed");
  return held;
}
const outcome = (request: ImageRequest, more: Partial<Outcome> = {}): Outcome => {
  const { step, learned, ledger, timeline } = request;
  return { step, learned, ledger, timeline, wakeAtMs: nowMs + 5_000, ...more };
};
const ended = { step: "release", end: failed, endedAt: at } as const;

describe("create and get", () => {
  test("a request comes back as it was stored, whatever its texts hold", async () => {
    const strange = ["", " ", "\u0000", "ä\u0308 🙂 \ud83d", "#:{}[]\"'\\", "a".repeat(5_000)].map((text) =>
      text.toWellFormed(),
    );
    const timeline = strange.map((text) => ({ at, step: "check" as const, what: "done" as const, text }));
    const learned = {
      check: { serverName: "", virtualSizeGib: 0.5 },
      capture: { snapshotId: "s", sizeBytes: 2 ** 53 - 1 },
    };
    const request = await stored({ timeline, learned });
    expect(await opened.store.get(request.id)).toEqual(request);
  });

  test("an optional field that is undefined is not there", async () => {
    const { waiting: _, ...request } = sampleRequest();
    expect(await opened.store.create({ ...request, ...({ waiting: undefined } as object) })).toBe(true);
    expect(await opened.store.get(request.id)).toEqual(request);
  });

  test("a second request of the same id changes nothing", async () => {
    const request = await stored();
    expect(await opened.store.create({ ...request, projectId: "another" })).toBe(false);
    expect(await opened.store.get(request.id)).toEqual(request);
  });

  test("of several made at once with one id exactly one is stored", async () => {
    const request = sampleRequest();
    const made = await Promise.all([1, 2, 3, 4].map((wakes) => opened.store.create({ ...request, wakes })));
    expect(made.filter(Boolean)).toHaveLength(1);
  });

  test("what was never stored is undefined", async () => {
    expect(await opened.store.get("none")).toBeUndefined();
  });

  test("an item beyond DynamoDB's 400 KB is refused with an error, at its making and at a later write, and nothing is changed", async () => {
    const fits = "x".repeat(396_000);
    const request = await stored({ fingerprint: fits });
    expect((await opened.store.get(request.id))?.fingerprint).toHaveLength(fits.length);
    const tooLarge = sampleRequest({ fingerprint: "x".repeat(400 * 1024) });
    await expect(opened.store.create(tooLarge)).rejects.toThrow(/size has exceeded/);
    expect(await opened.store.get(tooLarge.id)).toBeUndefined();

    const held = await claimed(request);
    const ledger = [{ kind: "trust", mark: "m".repeat(20_000), intentAtMs: nowMs, trustId: "t" }] as const;
    await expect(opened.store.keepLedger(held, ledger)).rejects.toThrow(
      /size .*has exceeded|size to update has exceeded/,
    );
    await expect(opened.store.settle(held, outcome(held, { ledger }), nowMs)).rejects.toThrow(/exceeded/);
    expect((await opened.store.get(request.id))?.ledger).toEqual(request.ledger);
    // Whoever gives up what made it too large gets on.
    expect(await opened.store.settle(held, outcome(held, ended), nowMs)).toMatchObject({ end: failed });
  });
});

describe("claim", () => {
  const attempt = (request: ImageRequest, step: string, version: number, atMs = nowMs) =>
    opened.store.claim(request.id, step, version, { token: "t", untilMs: atMs + 1_000 }, atMs);

  test("is refused at another version, at another step, for an ended request and for none", async () => {
    const request = await stored();
    expect(await attempt(request, "check", 0)).toBeUndefined();
    expect(await attempt(request, "check", 2)).toBeUndefined();
    expect(await attempt(request, "approve", 1)).toBeUndefined();
    expect(await attempt(sampleRequest(), "check", 1)).toBeUndefined();
    const over = await stored(ended);
    expect(await attempt(over, "release", 1)).toBeUndefined();
    expect(await opened.store.get(request.id)).toEqual(request);
  });

  test("lasts until its time and not longer, and is looked at again five seconds after", async () => {
    const request = await stored();
    expect(await attempt(request, "check", 1)).toMatchObject({
      claim: { token: "t", untilMs: nowMs + 1_000, count: 1 },
      wakeAtMs: nowMs + 6_000,
    });
    expect(await attempt(request, "check", 1, nowMs + 999)).toBeUndefined();
    expect(await attempt(request, "check", 1, nowMs + 1_000)).toMatchObject({ claim: { count: 2 } });
  });

  test("of many at once exactly one wins, also over a claim that ran out", async () => {
    const request = await stored();
    for (const round of [0, 1]) {
      const atMs = nowMs + round * 60_000;
      const claims = ["a", "b", "c", "d", "e"].map((token) =>
        opened.store.claim(request.id, "check", 1, { token: token + round, untilMs: atMs + 60_000 }, atMs),
      );
      expect((await Promise.all(claims)).filter(Boolean)).toHaveLength(1);
    }
  });
});

describe("keepLedger and giveBack", () => {
  test("the holder writes the ledger and nothing else", async () => {
    const held = await claimed(await stored());
    expect(await opened.store.keepLedger(held, [])).toBe(true);
    expect(await opened.store.get(held.id)).toEqual({ ...held, ledger: [] });
  });

  test("who holds no claim, or an earlier version, writes nothing", async () => {
    const held = await claimed(await stored());
    expect(await opened.store.keepLedger({ ...held, claim: { ...held.claim, token: "other" } }, [])).toBe(false);
    expect(await opened.store.keepLedger({ ...held, version: 0 }, [])).toBe(false);
    expect(await opened.store.keepLedger({ ...held, id: "none" }, [])).toBe(false);
    expect(await opened.store.get("none")).toBeUndefined();
    expect(await opened.store.get(held.id)).toEqual(held);
  });

  test("a claim given back can be taken at once, at the same version, and is counted", async () => {
    const held = await claimed(await stored());
    await opened.store.giveBack(held, nowMs + 30_000);
    expect(await opened.store.get(held.id)).toMatchObject({
      version: 1,
      wakeAtMs: nowMs + 30_000,
      claim: { untilMs: 0 },
    });
    expect(await claimed(held, "next")).toMatchObject({ claim: { token: "next", count: 2 } });
    await opened.store.giveBack(held, nowMs);
    expect(await opened.store.get(held.id)).toMatchObject({ claim: { token: "next", untilMs: nowMs + 60_000 } });
  });
});

describe("settle", () => {
  test("an end takes away the waker's mark, the sealed token, the claim and what was waited for", async () => {
    const waiting = { why: "w", evidence: "e", evidenceSinceMs: nowMs, stepSinceMs: nowMs, looks: 1 };
    const request = await stored({ waiting, sealedToken: "sealed", wakes: 3 });
    const settled = await opened.store.settle(await claimed(request), outcome(request, ended), nowMs + 1);
    const { waiting: _w, sealedToken: _s, wakeAtMs: _m, ...rest } = request;
    const updatedAt = new Date(nowMs + 1).toISOString();
    const milestones = [{ kind: "failed", at: updatedAt }];
    expect(settled).toEqual({ ...rest, ...ended, milestones, version: 2, wakes: 0, updatedAt });
    expect(await opened.store.get(request.id)).toEqual(settled);
  });

  test("an end is thrown away where the claim was lost", async () => {
    const request = await stored({ step: "release", end: failed });
    const late = await claimed(request);
    await opened.store.giveBack(late, nowMs);
    await claimed(request, "taker");
    expect(await opened.store.settle(late, outcome(late, ended), nowMs)).toBeUndefined();
    expect((await opened.store.get(request.id))?.endedAt).toBeUndefined();
  });

  test("the same outcome cannot be written twice", async () => {
    const held = await claimed(await stored());
    expect(await opened.store.settle(held, outcome(held), nowMs)).toMatchObject({ version: 2 });
    expect(await opened.store.settle(held, outcome(held), nowMs)).toBeUndefined();
    expect(await opened.store.get(held.id)).toMatchObject({ version: 2 });
  });
});

describe("signals", () => {
  test("a decision is taken once, at approve alone, and makes the request due", async () => {
    const elsewhere = await stored();
    expect(await opened.store.decide(elsewhere, decision, nowMs)).toBeUndefined();
    const request = await stored({ step: "approve", wakeAtMs: nowMs + 99_000 });
    const decided = await opened.store.decide(request, decision, nowMs);
    expect(decided).toEqual({ ...request, decision, signals: 1, wakeAtMs: nowMs });
    expect(await opened.store.decide(request, decision, nowMs)).toBeUndefined();
    expect(await opened.store.decide({ ...request, signals: 1 }, decision, nowMs)).toBeUndefined();
  });

  test("of a decision and a cancel at once both are taken, each on top of the other", async () => {
    const request = await stored({ step: "approve" });
    await Promise.all([opened.store.decide(request, decision, nowMs), opened.store.cancel(request, cancel, nowMs)]);
    expect(await opened.store.get(request.id)).toMatchObject({ decision, cancel, signals: 2 });
  });

  test("a cancel is taken once, and not of what is being released or has ended", async () => {
    const request = await stored({ step: "capture" });
    expect(await opened.store.cancel(request, cancel, nowMs)).toMatchObject({ cancel, signals: 1, version: 1 });
    expect(await opened.store.cancel({ ...request, signals: 1 }, cancel, nowMs)).toBeUndefined();
    expect(await opened.store.cancel(await stored({ step: "release" }), cancel, nowMs)).toBeUndefined();
    expect(await opened.store.cancel(await stored({ ...ended, step: "publish" }), cancel, nowMs)).toBeUndefined();
  });

  test("a signal for a request that is not stored makes none", async () => {
    const unknown = sampleRequest();
    expect(await opened.store.cancel(unknown, cancel, nowMs)).toBeUndefined();
    expect(await opened.store.get(unknown.id)).toBeUndefined();
  });

  test("that nobody spoke in time is not written where somebody did: the claim alone ends", async () => {
    const expired = { step: "release", end: { ...failed, status: "expired" } } as const;
    const request = await stored({ step: "approve" });
    const held = await claimed(request);
    await opened.store.decide(request, decision, nowMs);
    const now = await opened.store.settle(held, outcome(request, expired), nowMs + 1);
    expect(now).toEqual({ ...request, decision, signals: 1, wakeAtMs: nowMs + 1 });
    expect(await claimed(request, "next look")).toMatchObject({ claim: { count: 1 }, decision });

    const unheard = await stored({ step: "approve" });
    const written = await opened.store.settle(await claimed(unheard), outcome(unheard, expired), nowMs + 1);
    expect(written).toMatchObject({ ...expired, version: 2 });
  });

  test("a signal during a claim leaves the claim as it is", async () => {
    const held = await claimed(await stored({ step: "approve" }));
    expect(await opened.store.decide(held, decision, nowMs)).toEqual({
      ...held,
      decision,
      signals: 1,
      wakeAtMs: nowMs,
    });
  });
});

describe("keepSealedToken", () => {
  test("keeps it beside a live request", async () => {
    const request = await stored();
    await opened.store.keepSealedToken(request.id, "sealed");
    expect(await opened.store.get(request.id)).toEqual({ ...request, sealedToken: "sealed" });
  });

  test("keeps none for what has ended", async () => {
    const request = await stored(ended);
    await opened.store.keepSealedToken(request.id, "sealed");
    expect(await opened.store.get(request.id)).toEqual(request);
  });

  test("makes no request of what was never stored", async () => {
    await opened.store.keepSealedToken("never-stored", "sealed");
    expect(await opened.store.get("never-stored")).toBeUndefined();
  });
});
