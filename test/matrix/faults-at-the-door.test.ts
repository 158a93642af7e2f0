// Every kind of fault at every call of the door that takes requests in: it is taken, or refused in words, and nothing of it is left.
import type { PlacedFault } from "../../infra/simulated-openstack/index.ts";
import { nameLock, serverLock } from "../../lib/requests/locks.ts";
import { sweepTrusts } from "../../lib/tidying/unclaimed-trusts.ts";
import { asking } from "../chain/bench.ts";
import { answerOf, isSlow, kindNames, matching, whensOf } from "./fault-cell.ts";
import { openGrid } from "./grid.ts";
import { nameOf } from "./places.ts";
import { openStage } from "./stage.ts";
import { ending, wrongs } from "./verdict.ts";

const stage = await openStage();
const { bench } = stage;
const { cloud, clock, runtime } = bench;

const signIn = "POST /identity/v3/auth/tokens";
/** Longer than a token lives: the door gets the service user's anew. */
const tokensEndMs = 5 * 3_600_000;

async function ask() {
  const headers = { "x-auth-token": await bench.token("alice") };
  return () => bench.call("create-image-request", undefined, { body: asking(bench), headers });
}

async function callsOfTheDoor(): Promise<string[]> {
  stage.setBack();
  clock.advance(tokensEndMs);
  const post = await ask();
  const from = cloud.calls.length;
  const { status } = await post();
  if (status !== 202) throw new Error(`undisturbed it was answered ${status}`);
  return [...new Set(cloud.calls.slice(from).map(nameOf))];
}

const calls = await callsOfTheDoor();
const rows = calls.flatMap((call) => whensOf({ call }).map((when) => ({ call, when, row: `${call} | ${when}` })));
// The door's own deadline is the machine's time: what is slow is the steps' matter.
const columns = kindNames.filter((kind) => !isSlow(kind)).map(String);

describe.each(["call", "ever"] as const)("for one %s", (span) => {
  const grid = openGrid(
    `faults at the door, ${span}`,
    rows.map(({ row }) => row),
    columns,
  );
  afterAll(() => void process.stdout.write(`\n${grid.print()}`));

  test.each(rows)("$row", async ({ call, when, row }) => {
    const wrong: string[] = [];
    for (const kind of kindNames.filter((each) => !isSlow(each))) {
      stage.setBack();
      clock.advance(tokensEndMs);
      const post = await ask();
      const answer = answerOf(kind);
      const fault = cloud.faults.add({ ...matching({ call }), when, answer, ...(span === "call" && { times: 1 }) });
      const answered = await post();
      const found = await judge(answered, fault, call === signIn);
      grid.set(row, String(kind), answered.status === 202 ? "completed" : `${answered.status} ${answered.body.type}`);
      wrong.push(...found.map((each) => `${kind}: ${each}`));
    }
    expect(wrong).toEqual([]);
  });

  test("no cell is empty", () => expect(grid.empty()).toEqual([]));
});
afterAll(() => stage.close());

type Answered = Awaited<ReturnType<Awaited<ReturnType<typeof ask>>>>;

async function judge({ status, body, headers }: Answered, fault: PlacedFault, ours: boolean): Promise<string[]> {
  const wrong = fault.hits > 0 ? [] : ["the fault was never met"];
  fault.remove();
  if (status === 202) return [...wrong, ...(await judgeTaken(body.id))];
  if (headers["content-type"] !== "application/problem+json") wrong.push(`the answer is ${headers["content-type"]}`);
  // Keystone's no to the service user is ours to mend, not the caller's.
  if (ours && status !== 503) wrong.push(`the caller is told ${status} for what is wrong with our own user`);
  if (status === 500) wrong.push(`an error of ours: ${body.detail}`);
  if (!body.title || !body.detail || /undefined|\[object/.test(body.detail))
    wrong.push(`hardly a word: ${JSON.stringify(body)}`);
  const locks = [
    serverLock("simulated", cloud.ids.server("analysis-1")),
    nameLock("simulated", cloud.ids.project("astro-lab"), "first-image"),
  ];
  for (const lock of locks) if (await runtime.locks.holder(lock)) wrong.push(`${lock} is held`);
  // That somebody called, and what was changed in the cloud before it went wrong, is on record for good.
  const left = [...stage.table.items.keys()].filter((id) => !/^(rate|audit)#/.test(id));
  if (left.length > 0) wrong.push(`left in the table: ${left.join(", ")}`);
  clock.advance(2 * 3_600_000);
  await sweepTrusts(runtime);
  if (Object.keys(cloud.state.trusts).length > 0) wrong.push("a trust is left");
  const again = await (await ask())();
  return again.status === 202 ? wrong : [...wrong, `asked again it was answered ${again.status}`];
}

async function judgeTaken(id: string): Promise<string[]> {
  const request = await bench.drive(id);
  bench.queue.splice(0);
  clock.advance(2 * 3_600_000);
  await sweepTrusts(runtime);
  const course = { request, looks: 0, calls: 0, late: 0, sentLate: 0 };
  const end = ending(course);
  return [...(await wrongs(stage, course)), ...(end === "completed" ? [] : [`it was taken, and ended ${end}`])];
}
