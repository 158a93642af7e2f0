// Calls that clean, prove and publish, each going wrong once or for good: done once all the same, or ended in words with nothing left.
import type { Fault } from "../../infra/simulated-openstack/faults.ts";
import { type Bench, expectNothingLeft, imageOf, serverNow } from "../chain/bench.ts";
import { guestsSay, post, startCleaningBench } from "../chain/speaking-guests.ts";

let bench: Bench;
beforeEach(async () => {
  bench = await startCleaningBench();
  guestsSay(bench, {});
});
afterEach(() => bench.close());

type Call = Pick<Fault, "service" | "method" | "path" | "body">;
const calls: [string, Call][] = [
  ["the temporary server's boot", { service: "compute", method: "POST", path: /\/servers$/ }],
  ["its stop", { service: "compute", method: "POST", body: /os-stop/ }],
  ["its image", { service: "compute", method: "POST", body: /createImage/ }],
  ["its deletion", { service: "compute", method: "DELETE", path: /\/servers\// }],
  ["its console", { service: "compute", method: "POST", body: /os-getConsoleOutput/ }],
  ["what decides how the image boots, its name and visibility", { service: "image", method: "PATCH" }],
  ["a member", { service: "image", method: "POST", path: /\/members$/ }],
  ["the flavors", { service: "compute", method: "GET", path: /\/flavors/ }],
];

/** Only what comes after the server was given back; fails where the fault was never met. */
async function drivenWith(fault: Fault) {
  const id = await post(bench, { visibility: "shared", share: { projects: ["90000000000040008000000000000002"] } });
  await bench.drive(id, ({ step }) => step === "sanitize");
  const placed = bench.cloud.faults.add(fault);
  const request = await bench.drive(id);
  expect(placed.hits).toBeGreaterThan(0);
  expect(serverNow(bench, "analysis-1")).toMatchObject({ vmState: "active", lockedBy: null });
  return request;
}

describe.each(calls)("%s", (what, call) => {
  test.each([
    ["an answer that is lost after the effect", { when: "after", answer: "reset" }],
    ["500 after the effect", { when: "after", answer: { error: 500 } }],
    ["401 after the effect", { when: "after", answer: { error: 401 } }],
    ["503 before it", { when: "before", answer: { error: 503 } }],
    ["a proxy's page in place of the answer", { when: "after", answer: { shape: "page" } }],
  ] as const)("%s: the request completes, with one image", async (_how, fault) => {
    const request = await drivenWith({ ...call, ...fault, times: 1 });
    expect(request.end).toEqual({ status: "completed" });
    expect(Object.keys(imageOf(bench, request).members)).toHaveLength(1);
    await expectNothingLeft(bench, request, { image: true });
  });

  if (what === "its deletion") return;
  test("forbidden for good: it ends in words, with nothing left", async () => {
    const request = await drivenWith({
      ...call,
      when: "before",
      answer: { error: 403, message: "Policy doesn't allow it." },
    });
    expect(request.end).toMatchObject({ status: "failed", problem: { detail: expect.stringContaining("Policy") } });
    await expectNothingLeft(bench, request, { image: false });
  });
});
