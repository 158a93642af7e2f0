// What waits for staff: in their list while it waits, and in no other moment.
import { openPublicity } from "../../lib/images/publicity.ts";
import type { ImageRequest } from "../../lib/requests/image-request.ts";
import { openMemoryTable } from "../matrix/memory-table.ts";
import { asking, type Bench, startBench } from "./bench.ts";

type Approval = { readonly request?: { readonly id: string }; readonly image?: { readonly id: string } };

let bench: Bench;
beforeEach(async () => {
  bench = await startBench({ table: openMemoryTable() });
});
afterEach(() => bench.close());

const waits = ({ step, waiting }: ImageRequest) => step === "approve" && waiting !== undefined;
const list = async (query: Record<string, string> = {}) => {
  const { status, body } = await bench.call("list-approvals", "carol", { query });
  if (status !== 200) throw new Error(`${status}: ${JSON.stringify(body)}`);
  return body as { approvals: Approval[]; next: string | null };
};
const idsOf = (approvals: Approval[]) => approvals.map(({ request, image }) => request?.id ?? image?.id);

async function waiting(more: Record<string, unknown> = {}): Promise<string> {
  const body = asking(bench, { preparation: "clean", visibility: "shared", ...more });
  const { body: made } = await bench.call("create-image-request", "alice", { body });
  await bench.drive(made.id, waits);
  bench.clock.advance(1000);
  return made.id;
}

test("staff see what they need to decide, oldest first and page by page; nobody else sees the list", async () => {
  const software = { systemFiles: [{ path: "/etc/fstab", change: "a mount", reason: "data" }] };
  const first = await waiting(software);
  const second = await waiting({ name: "second-image", serverId: bench.cloud.ids.server("no-agent-1") });
  const { approvals, next } = await list();
  expect([idsOf(approvals), next]).toEqual([[first, second], null]);
  expect(approvals[0]).toMatchObject({
    kind: "image-request",
    mayDecide: true,
    reasons: ["images that are shared need a yes", "system files were changed"],
    request: { status: "awaiting-approval", requester: { name: "alice" }, asked: software },
  });
  const page = await list({ limit: "1" });
  expect(idsOf(page.approvals)).toEqual([first]);
  expect(idsOf((await list({ limit: "1", cursor: page.next ?? "" })).approvals)).toEqual([second]);
  expect((await bench.call("list-approvals", "alice")).status).toBe(403);
  expect((await bench.call("list-approvals", "carol", { query: { cursor: "bm9uZQ" } })).status).toBe(422);
});

test.each([
  ["approved", "decide-image-request", "carol", { decision: "approve" }],
  ["denied", "decide-image-request", "carol", { decision: "deny", reason: "too large" }],
  ["cancelled", "cancel-image-request", "alice", {}],
] as const)("what was %s waits for nobody, before any step has looked at it", async (_what, name, person, body) => {
  const id = await waiting();
  expect(idsOf((await list()).approvals)).toEqual([id]);
  await bench.call(name, person, { id, body });
  expect((await list()).approvals).toEqual([]);
  await bench.drive(id);
  expect((await list()).approvals).toEqual([]);
});

test("a decision that comes while the step looks: whoever writes last, it is in no list", async () => {
  const body = asking(bench, { preparation: "clean", visibility: "shared" });
  const { body: made } = await bench.call("create-image-request", "alice", { body });
  const request = await bench.drive(made.id, ({ step }) => step === "approve");
  const { store } = bench.runtime;
  const claimed = await store.claim(
    request.id,
    "approve",
    request.version,
    { token: "t", untilMs: bench.clock.now() + 60_000 },
    bench.clock.now(),
  );
  if (!claimed) throw new Error("not claimed");
  const by = { userId: "c", userName: "carol" };
  const at = new Date(bench.clock.now()).toISOString();
  await store.decide(request, { decision: "deny", reason: "no", by, at }, bench.clock.now());
  const { step, learned, ledger, timeline } = claimed;
  const nowMs = bench.clock.now();
  const since = { evidenceSinceMs: nowMs, stepSinceMs: nowMs, looks: 1 };
  const waitingNow = { why: "for staff", evidence: "for staff", ...since };
  await store.settle(claimed, { step, learned, ledger, timeline, waiting: waitingNow, wakeAtMs: nowMs }, nowMs);
  expect((await list()).approvals).toEqual([]);
});

test("who asked is told that others decide; the policy may let them", async () => {
  bench.grant("carol", "member", "staff");
  bench.grant("alice", "imaging-staff", "staff");
  await waiting();
  const asAlice = async () => {
    const headers = { "x-auth-token": await bench.token("alice", "staff") };
    return (await bench.call("list-approvals", undefined, { headers })).body.approvals;
  };
  expect(await asAlice()).toMatchObject([{ mayDecide: false }]);
  const provider = bench.runtime.providers.find("simulated");
  if (provider) provider.policy.selfApproval = true;
  expect(await asAlice()).toMatchObject([{ mayDecide: true }]);
});

test("images that are to be public stand in the same list, by their time", async () => {
  const first = await waiting();
  const publicity = openPublicity(bench.runtime.table);
  const question = await publicity.ask({
    provider: "simulated",
    imageId: "0b0e6a5e-1111-4111-8111-111111111111",
    imageName: "course",
    projectId: "p",
    projectName: "bio-lab",
    requester: { userId: "b", userName: "bob" },
    reason: "for the autumn school",
    askedAt: new Date(bench.clock.now()).toISOString(),
  });
  bench.clock.advance(1000);
  const third = await waiting({ name: "third-image", serverId: bench.cloud.ids.server("no-agent-1") });
  const { approvals } = await list();
  expect(idsOf(approvals)).toEqual([first, question.imageId, third]);
  expect(approvals[1]).toMatchObject({
    kind: "public-image",
    image: { name: "course" },
    reason: "for the autumn school",
  });
  const at = new Date(bench.clock.now()).toISOString();
  await publicity.decide(question, { decision: "approve", reason: "", by: { userId: "c", userName: "carol" }, at });
  expect(idsOf((await list()).approvals)).toEqual([first, third]);
});
