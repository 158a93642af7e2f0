// What the scenes of two at once are made of: who acts, where the request stands, and what must hold at the end of every order.
import type { StepMessage } from "../../events/step-message.ts";
import type { ImageRequest } from "../../lib/requests/image-request.ts";
import { sweepTrusts } from "../../lib/tidying/unclaimed-trusts.ts";
import { asking } from "../chain/bench.ts";
import type { Course } from "../matrix/play.ts";
import { ending, wrongs } from "../matrix/verdict.ts";
import { openGatedStage } from "./gated-stage.ts";
import { type Actor, everyInterleaving, type Run } from "./interleavings.ts";

/** With a way for images to be public, which requests do not meet. */
const policy = { visibilities: ["private", "shared", "community", "public"], staffCloud: "admin" };
export const stage = await openGatedStage(policy);
export const { bench } = stage;
export const { runtime, cloud, clock } = bench;
const { queue } = bench;
const counts: Record<string, number> = {};
afterAll(async () => {
  await stage.close();
  const all = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const lines = Object.entries(counts).map(([what, count]) => `${String(count).padStart(5)} ${what}`);
  process.stdout.write(`\norders of two who act at once: ${all}\n${lines.join("\n")}\n`);
});

/** Sets the scene, plays it in every order, and judges each; what is wrong names the order. */
export async function inEveryOrder(
  set: () => Promise<readonly Actor[]>,
  judge: (run: Run) => Promise<string[]>,
): Promise<void> {
  const wrong: string[] = [];
  const runs = await everyInterleaving(
    async () => {
      stage.setBack();
      return await set();
    },
    async (run) => {
      const found = await judge(run).catch((error) => [String(error).slice(0, 400)]);
      wrong.push(...found.map((each) => `${run.turns}: ${each}`));
    },
  );
  counts[expect.getState().currentTestName ?? ""] = runs;
  expect(wrong.slice(0, 10)).toEqual([]);
  expect(runs).toBeGreaterThan(1);
}

export type Answer = Awaited<ReturnType<typeof bench.call>>;

export const post = async (body: Record<string, unknown>, key?: string) => {
  const headers = { "x-auth-token": await bench.token("alice"), ...(key && { "idempotency-key": key }) };
  return () => bench.call("create-image-request", undefined, { body: asking(bench, body), headers });
};

export const callAs = async (
  person: "alice" | "carol",
  name: string,
  id: string,
  body: unknown = {},
  more: Record<string, string> = {},
) => {
  const headers = { "x-auth-token": await bench.token(person), ...more };
  return () => bench.call(name, undefined, { id, body, headers });
};

export const keep = { keepPaths: [{ path: "/srv", reason: "x" }] };

/** A request that has come to where `until` holds, with the message by which it goes on. */
export async function requestAt(until: (request: ImageRequest) => boolean, body: Record<string, unknown> = {}) {
  const posted = await (await post(body))();
  const request = await bench.drive(posted.body.id, until);
  const [sent] = queue.splice(0);
  return { id: request.id, request, message: sent?.message as StepMessage };
}

export const statuses = ({ results }: Run) =>
  results.map((result) => (result as Answer | undefined)?.status ?? String(result));

/** Drives a request to its end; everything that is then not as promised. `approved`: staff say yes where they are asked. */
export async function end(id: string, expected: string): Promise<string[]> {
  const before = queue.length;
  let looks = 0;
  const request = await bench.drive(id, ({ endedAt }) => {
    looks += 1;
    return endedAt !== undefined;
  });
  const late = queue.splice(0);
  for (const { message } of late) await bench.look(message);
  const sentLate = queue.length;
  queue.splice(0);
  clock.advance(2 * 3_600_000);
  await sweepTrusts(runtime);
  const now = (await runtime.store.get(id)) ?? request;
  const course: Course = { request: now, looks, calls: 0, late: late.length, sentLate };
  const wrong = await wrongs(stage, course);
  const ended = ending(course);
  if (ended !== expected) wrong.push(`it ended ${ended}: ${JSON.stringify(now.end)}`);
  if (before > 3) wrong.push(`${before} messages were under way`);
  if (late.length > 3) wrong.push(`${late.length} messages were still under way at the end`);
  if (looks > 60) wrong.push(`${looks} looks`);
  return wrong;
}

const made = () => cloud.calls.filter(({ action }) => action === "createImage").length;
export const oneSnapshot = () => (made() === 1 ? [] : [`${made()} calls for a snapshot`]);
