// One request from the door to its end, disturbed on the way; staff approve it when it asks for them.
import type { ImageRequest } from "../../lib/requests/image-request.ts";
import { sweepTrusts } from "../../lib/tidying/unclaimed-trusts.ts";
import type { RequestName, Stage } from "./stage.ts";
import { stories } from "./stories.ts";

export interface Disturbance {
  /** Before each look, and once more after the last. */
  between?(request: ImageRequest): void | Promise<void>;
  /** After each look. */
  afterLook?(): void | Promise<void>;
}

/** How one request went. */
export interface Course {
  readonly request: ImageRequest;
  readonly looks: number;
  /** Calls to the cloud after the door's. */
  readonly calls: number;
  /** Messages that were still under way when it had ended; and those that were sent when they arrived. */
  readonly late: number;
  readonly sentLate: number;
}

/** After the end the cloud is well again, whatever is under way there comes to its own end, and the hourly sweep has run. */
const afterwardsMs = 2 * 3_600_000;

export async function play(stage: Stage, name: RequestName, disturbance: Disturbance): Promise<Course> {
  const { bench } = stage;
  const { runtime, queue } = bench;
  const id = await stage.post(name);
  const begun = bench.cloud.calls.length;
  const story = stories[name]?.();
  let looks = -1;
  const request = await bench.drive(id, async (present) => {
    looks += 1;
    await disturbance.between?.(present);
    await story?.(stage, present);
    const now = (await runtime.store.get(id)) ?? present;
    if (now.step === "approve" && now.waiting && !now.decision && !now.cancel) await approve(stage, now);
    return present.endedAt !== undefined;
  });
  const calls = bench.cloud.calls.length - begun;
  const late = queue.splice(0);
  for (const { message } of late) await bench.look(message);
  const sentLate = queue.length;
  bench.cloud.faults.clear();
  bench.clock.advance(afterwardsMs);
  await sweepTrusts(runtime);
  return { request: (await runtime.store.get(id)) ?? request, looks, calls, late: late.length, sentLate };
}

async function approve({ bench: { runtime, queue, clock } }: Stage, request: ImageRequest): Promise<void> {
  const by = { userId: "carol", userName: "carol" };
  const decision = { decision: "approve", reason: "", by, at: new Date(clock.now()).toISOString() } as const;
  const decided = await runtime.store.decide(request, decision, clock.now());
  const { step, version } = request;
  if (decided) queue.push({ message: { schemaVersion: 1, requestId: request.id, step, version }, dueMs: clock.now() });
}
