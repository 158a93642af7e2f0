// The watch sees what it is for, and whole requests by every road give it nothing to see.
import { randomBytes } from "node:crypto";
import { log } from "../../lib/log.ts";
import { seal } from "../../lib/providers/sealed-token.ts";
import { asking, type Bench, startBench } from "../chain/bench.ts";
import { openMemoryTable } from "../matrix/memory-table.ts";
import { openWatch, secretWatch } from "./watch.ts";

const token = `gAAAAAB${randomBytes(60).toString("base64url")}`;
const trust = "0123456789abcdef0123456789abcdef";
const sealed = seal(token, "the service user's own", "r");

describe("the watch", () => {
  test.each([
    ["a token, also one that nobody told it of", (text: string) => `GET /servers with ${text}: 401`, token, false],
    ["a trust's id in a path", (text: string) => `DELETE /OS-TRUST/trusts/${text}: 404`, trust, true],
    ["a sealed token in JSON", (text: string) => JSON.stringify({ sealedToken: text }), sealed, true],
    ["a password inside an address", (text: string) => `https://darkroom:${text}@cloud`, "password-0123456789ab", true],
  ])("finds %s, and does not write it again", (_what, text, secret, told) => {
    const watch = openWatch();
    if (told) watch.secret(secret);
    watch.written("log", text(secret));
    const found = watch.take();
    expect(found.length).toBeGreaterThan(0);
    expect(found.join()).not.toContain(secret);
    expect(watch.take()).toEqual([]);
  });

  test("leaves ids, marks and request ids alone", () => {
    const watch = openWatch();
    watch.secret(trust);
    watch.written(
      "log",
      `req-${crypto.randomUUID()} ${randomBytes(12).toString("hex")} 90000000000040008000000000000001`,
    );
    expect(watch.take()).toEqual([]);
  });

  test("stands at the process's outputs: a token in the log is found", () => {
    const watch = secretWatch();
    process.env.LOG_LEVEL = "info";
    log.info("call", { token });
    log.error("failed", { error: new Error(`refused ${token}`) });
    expect(watch.take()).toHaveLength(2);
  });
});

describe("whole requests", () => {
  let bench: Bench;
  beforeEach(async () => {
    bench = await startBench({ table: openMemoryTable(), policy: { staffCloud: "admin" } });
  });
  afterEach(() => bench.close());

  const post = async (more: Record<string, unknown> = {}) =>
    (await bench.call("create-image-request", "alice", { body: asking(bench, more) })).body.id as string;
  const shared = { preparation: "clean", visibility: "shared" };

  /** Everything that callers can read of it, read by owner and staff. */
  async function readAll(id: string) {
    for (const person of ["alice", "carol"] as const) {
      for (const name of ["get-image-request", "get-timeline", "get-report", "get-request-audit"]) {
        expect((await bench.call(name, person, { id })).status).toBe(200);
      }
    }
    for (const name of ["list-audit", "list-approvals", "get-my-data", "list-image-requests"]) {
      expect((await bench.call(name, "carol")).status).toBe(200);
    }
  }

  test.each<[string, Record<string, unknown>, (id: string) => Promise<unknown>]>([
    ["completed", {}, async () => undefined],
    ["cancelled", {}, (id) => bench.call("cancel-image-request", "alice", { id, body: {} })],
    [
      "denied",
      shared,
      async (id) => {
        await bench.drive(id, ({ step, waiting }) => step === "approve" && waiting !== undefined);
        await bench.call("decide-image-request", "carol", { id, body: { decision: "deny", reason: "no" } });
      },
    ],
    [
      "failed",
      {},
      async (id) => {
        await bench.drive(id, ({ step }) => step === "capture");
        bench.cloud.faults.add({ service: "compute", when: "before", answer: { error: 403 } });
        bench.cloud.faults.add({ path: /trusts/, when: "before", answer: { error: 403 } });
      },
    ],
    [
      "failed",
      {},
      async (id) => {
        await bench.drive(id, ({ step }) => step === "capture");
        const headers = { "x-auth-token": await bench.token("alice") };
        for (const trustId of Object.keys(bench.cloud.state.trusts)) {
          await fetch(`${bench.cloud.authUrl}/OS-TRUST/trusts/${trustId}`, { method: "DELETE", headers });
        }
        bench.clock.advance(301_000); // for so long Nova believes a token that it has seen
      },
    ],
  ])(
    "%s: no line, no answer and no message holds a secret, and all of them were looked through",
    async (status, more, act) => {
      const before = { ...secretWatch().seen };
      const id = await post(more);
      await act(id);
      const ended = await bench.drive(id);
      expect(ended.end?.status).toBe(status);
      await readAll(id);
      const { seen } = secretWatch();
      const least = { log: 10, answer: 12, queue: 2 };
      for (const [where, count] of Object.entries(least)) {
        expect([where, (seen[where] ?? 0) - (before[where] ?? 0) >= count]).toEqual([where, true]);
      }
      expect(secretWatch().take()).toEqual([]);
    },
  );
});
