// What was decided about images and not yet done (a worker died, or Glance was away), and questions that have lain too long.
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
const reserveMs = 5_000;
/** Of a provider that the policy knows no longer. */
const longestMs = 90 * 86_400_000;

type Finishing = { readonly runtime: Runtime; readonly publicity: PublicityStore };

/** Never throws for one image: the others must not wait for it. A cloud that is away is asked once a turn, for every try may take its whole time. `remainingMs`: of the invocation. */
export async function finishPublicity(
  runtime: Runtime,
  remainingMs: () => number = () => Number.POSITIVE_INFINITY,
): Promise<void> {
  const publicity = openPublicity(runtime.table);
  const at = { runtime, publicity };
  await dropUndecided(at);
  const away = new Set<string>();
  for (const question of await publicity.unfinished(maxATurn)) {
    if (remainingMs() < timeoutMs + reserveMs) return;
    if (away.has(question.provider)) {
      await behindOthers(at, question);
      continue;
    }
    const staff = runtime.providers.find(question.provider)?.staff;
    const report = callLog({ imageId: question.imageId });
    const bounded = (cloud: Cloud) => cloud.within(AbortSignal.timeout(timeoutMs), report);
    await carryOut({ ...at, bounded }, staff, question).catch((error) => {
      if (isAway(error)) away.add(question.provider);
      return leave(at, question, error);
    });
  }
}

/** As a request expires that nobody decides about. Its owner may ask anew. */
async function dropUndecided({ runtime, publicity }: Finishing): Promise<void> {
  for (const { name, policy } of runtime.providers.all) {
    const before = new Date(runtime.clock.now() - policy.approvalDeadlineMs).toISOString();
    for (const question of await publicity.askedBefore(name, before, maxATurn)) {
      if (!(await publicity.withdraw(question))) continue;
      log.info("nobody decided in time about an image", { provider: name, imageId: question.imageId });
    }
  }
}

function isAway(error: unknown): boolean {
  return error instanceof OpenStackFault && (error.kind === "unavailable" || error.kind === "throttled");
}

async function leave(at: Finishing, question: Publicity, error: unknown): Promise<void> {
  const { runtime, publicity } = at;
  const { provider, imageId, decision } = question;
  if (error instanceof OpenStackFault && error.kind === "notFound") return publicity.drop(question);
  const patienceMs = runtime.providers.find(provider)?.policy.approvalDeadlineMs ?? longestMs;
  if (decision && runtime.clock.now() - Date.parse(decision.at) > patienceMs) {
    log.error("what was decided about an image could not be done, and is given up", { provider, imageId, error });
    return publicity.drop(question);
  }
  await behindOthers(at, question);
  log.warn("what was decided about an image is not done yet", { provider, imageId, error });
}

/** Who would else never have their turn while it cannot be done. */
async function behindOthers({ runtime, publicity }: Finishing, question: Publicity): Promise<void> {
  await publicity.postpone(question, new Date(runtime.clock.now()).toISOString());
}
