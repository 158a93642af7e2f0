// What was decided about images and not yet done: a worker died, or Glance was away.
import { callLog } from "../call-log.ts";
import { log } from "../log.ts";
import { type Cloud, OpenStackFault } from "../openstack/index.ts";
import type { Runtime } from "../runtime.ts";
import { carryOut } from "./make-public.ts";
import { openPublicity, type Publicity, type PublicityStore } from "./publicity.ts";

/** A turn; the rest waits for the next. */
const maxATurn = 50;
/** Of one image: two calls at most. */
const timeoutMs = 30_000;

/** Never throws for one image: the others must not wait for it. */
export async function finishPublicity(runtime: Runtime): Promise<void> {
  const publicity = openPublicity(runtime.table);
  for (const question of await publicity.unfinished(maxATurn)) {
    const staff = runtime.providers.find(question.provider)?.staff;
    const report = callLog({ imageId: question.imageId });
    const bounded = (cloud: Cloud) => cloud.within(AbortSignal.timeout(timeoutMs), report);
    await carryOut({ runtime, publicity, bounded }, staff, question).catch((error) =>
      leave({ runtime, publicity }, question, error),
    );
  }
}

/** Behind the others, who would else never have their turn while it cannot be done. */
async function leave(
  { runtime, publicity }: { runtime: Runtime; publicity: PublicityStore },
  question: Publicity,
  error: unknown,
): Promise<void> {
  if (error instanceof OpenStackFault && error.kind === "notFound") return publicity.drop(question);
  await publicity.postpone(question, new Date(runtime.clock.now()).toISOString());
  log.warn("what was decided about an image is not done yet", { imageId: question.imageId, error });
}
