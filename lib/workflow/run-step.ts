// A message's life: claim the request, ask the step, write the outcome, send the next message.
import { randomUUID } from "node:crypto";
import type { StepMessage } from "../../events/step-message.ts";
import { type CallsMade, collectCalls, noCalls, withCalls } from "../audit/calls-made.ts";
import { maxDelayMs } from "../aws/queue.ts";
import { callLog } from "../call-log.ts";
import { log } from "../log.ts";
import { poke } from "../notify/publish-notice.ts";
import { type CallReport, OpenStackFault } from "../openstack/index.ts";
import { enterAftercare } from "../requests/aftercare.ts";
import type { End, ImageRequest } from "../requests/image-request.ts";
import { type LockKey, nameLock, serverLock } from "../requests/locks.ts";
import { problem } from "../requests/problem.ts";
import type { ClaimedRequest } from "../requests/store.ts";
import { withEntry } from "../requests/timeline.ts";
import type { Runtime } from "../runtime.ts";
import { holdOfRequest } from "../tidying/hold.ts";
import { lastStep } from "./chain.ts";
import { notLetInEvidence, outageEvidence, outcomeOfFault, outcomeOfNotLetIn } from "./fault-outcome.ts";
import { ClaimLost, Ledger } from "./ledger.ts";
import { type Refusal, refuse, type StepOutcome, type Wait, wait } from "./outcome.ts";
import { heldByPause } from "./pause.ts";
import { refusedReleasePatienceMs } from "./removal.ts";
import type { Step } from "./step.ts";
import { lostAfterMs, type Transition, transition } from "./transition.ts";

/** A version that was claimed so often without an outcome is poison: the request fails, naming the step. */
export const maxClaims = 5;
/** For how long a request waits for a provider that has gone from the configuration. */
const unconfiguredPatienceMs = 4 * 3_600_000;

export interface Invocation {
  /** Ends every call to the cloud, some time before the worker is killed. */
  readonly signal: AbortSignal;
  /** How long a worker of this step may live at all. */
  readonly timeoutMs: number;
}

interface Told {
  /** Hears of every call to the cloud. */
  told(call: CallReport): void;
}

/** Stale, repeated and unknown messages do nothing. Throws where the step has an error of its own: the message stays. */
export async function runStep(
  step: Step,
  message: StepMessage,
  runtime: Runtime,
  invocation: Invocation,
): Promise<void> {
  const { store, clock } = runtime;
  const nowMs = clock.now();
  const claim = { token: randomUUID(), untilMs: nowMs + invocation.timeoutMs };
  const request = await store.claim(message.requestId, step.name, message.version, claim, nowMs);
  if (!request) return;
  const about = { requestId: request.id, step: step.name, version: request.version };
  const changes = collectCalls(() => clock.now(), step.name);
  const calls = () => withCalls(request.calls ?? noCalls, changes.calls().made);
  try {
    const next = await nextOf(step, request, runtime, { ...invocation, told: changes.report });
    // Whichever way it ends. Before the end is written: a worker that dies in between is asked again, and frees them again.
    if (next.outcome.endedAt) {
      await freeLocks(request, runtime);
      await enterAftercare(runtime.table, { ...request, ledger: next.outcome.ledger }, runtime.clock.now());
    }
    await settle(request, next, calls(), runtime);
    log.info("step", {
      ...about,
      next: next.outcome.step,
      nextLookInMs: next.nextLookInMs,
      status: next.outcome.endedAt ? next.outcome.end?.status : undefined,
    });
  } catch (error) {
    if (error instanceof ClaimLost) return log.warn("claim lost", about);
    await store.giveBack(request, clock.now() + 2 ** request.claim.count * 1000, calls());
    log.error("step failed", { ...about, claims: request.claim.count, error });
    throw error;
  }
}

async function nextOf(
  step: Step,
  request: ClaimedRequest,
  runtime: Runtime,
  invocation: Invocation & Told,
): Promise<Transition> {
  const nowMs = runtime.clock.now();
  if (request.claim.count > maxClaims) return transition(request, poisoned(step), nowMs);
  if (request.cancel && step.name !== "release") return transition(request, cancelled(request.cancel), nowMs);
  if (request.cancel && request.end?.status === "completed") return cancelledLate(request, request.cancel, nowMs);
  const { answer, ledger } = await ask(step, request, runtime, invocation);
  return transition({ ...request, ledger }, answer, runtime.clock.now());
}

async function ask(
  step: Step,
  request: ClaimedRequest,
  runtime: Runtime,
  { signal, timeoutMs, told }: Invocation & Told,
) {
  const { store, locks, clock, providers, evidence } = runtime;
  const provider = providers.find(request.provider);
  if (!provider) {
    const answer = wait(`the provider ${request.provider} is not configured`, {
      patienceMs: unconfiguredPatienceMs,
      outage: true,
    });
    return { answer, ledger: request.ledger };
  }
  const held = heldByPause(request, provider.policy, clock.now());
  if (held) return { answer: held, ledger: request.ledger };
  const ledger = new Ledger({
    entries: request.ledger,
    write: (entries) => store.keepLedger(request, entries),
    nowMs: () => clock.now(),
    quietMs: timeoutMs + runtime.settings.settledAfterMs,
  });
  const logged = callLog({ requestId: request.id, step: step.name });
  const report = (call: CallReport) => {
    logged(call);
    told(call);
  };
  const isOurs = (id: string | undefined) => id === request.id;
  let answer: StepOutcome;
  try {
    answer = await step.look({
      request,
      provider,
      cloud: provider.asRequester(request, store).within(signal, report),
      ...(provider.staff && { staff: provider.staff.within(signal, report) }),
      ledger,
      evidence: {
        keep: (kind, kept) => evidence.keep(request.id, kind, kept),
        find: (kind) => evidence.find(request.id, kind),
      },
      locks: {
        areOurs: async () => (await Promise.all(locksOf(request).map((key) => locks.holder(key)))).every(isOurs),
        async hold() {
          const taken = locksOf(request).map((key) => locks.take(key, request.id, clock.now()));
          return (await Promise.all(taken)).every(({ heldBy }) => isOurs(heldBy));
        },
      },
      heldBack: async () => await holdOfRequest(runtime.table, request, clock.now()),
      nowMs: () => clock.now(),
    });
  } catch (error) {
    if (!(error instanceof OpenStackFault)) throw error;
    const about = { requestId: request.id, step: step.name, fault: error.message, kind: error.kind };
    const seen = await lookCloser(error, () => provider.isLetIn(request, (cloud) => cloud.within(signal, report)));
    const since = (evidence: string) =>
      request.waiting?.evidence === evidence ? request.waiting.evidenceSinceMs : clock.now();
    const { outagePatienceMs } = provider.policy;
    if (seen === "not let in") {
      log.error("Keystone does not let us in", about);
      answer = outcomeOfNotLetIn(error, outagePatienceMs, since(notLetInEvidence));
    } else {
      log.warn("cloud fault", about);
      answer = outcomeOfFault(seen, outagePatienceMs, since(outageEvidence(seen)));
    }
    if (step.name === lastStep && answer.kind === "refuse") answer = insist(answer);
  }
  return { answer, ledger: ledger.entries };
}

/** A no to the delegation may be one to ourselves: that Keystone does not let us in says nothing of the delegation. */
async function lookCloser(
  fault: OpenStackFault,
  isLetIn: () => Promise<boolean>,
): Promise<OpenStackFault | "not let in"> {
  if (fault.kind !== "credentialRevoked") return fault;
  try {
    return (await isLetIn()) ? fault : "not let in";
  } catch (error) {
    if (error instanceof OpenStackFault) return error;
    throw error;
  }
}

async function settle(
  request: ClaimedRequest,
  { outcome, nextLookInMs }: Transition,
  calls: CallsMade,
  runtime: Runtime,
) {
  const { store, queue, clock, providers } = runtime;
  const nowMs = clock.now();
  const personalDataMs = providers.find(request.provider)?.policy.personalDataMs;
  const written = await store.settle(request, outcome, nowMs, {
    calls,
    ...(personalDataMs !== undefined && { personalDataMs }),
  });
  if (!written) return;
  if ((written.milestones?.length ?? 0) > (request.milestones?.length ?? 0))
    await poke(runtime, `request#${request.id}`);
  if (nextLookInMs === undefined) return;
  const signalled = written.signals !== request.signals;
  const delayMs = signalled ? 0 : nextLookInMs;
  if (delayMs > maxDelayMs) return; // the waker does it
  await queue.send(messageFor(written), delayMs);
}

/** What is still held in the cloud is worth more than one look: a clear no may pass as well. */
function insist({ problem: said }: Refusal): Wait {
  return wait(said.detail, { evidence: said.type, patienceMs: refusedReleasePatienceMs, givingUp: said });
}

function locksOf({ provider, projectId, server, asked }: ImageRequest): LockKey[] {
  return [serverLock(provider, server.id), nameLock(provider, projectId, asked.name)];
}

async function freeLocks(request: ImageRequest, { locks }: Runtime): Promise<void> {
  await Promise.all(locksOf(request).map((key) => locks.free(key, request.id)));
}

/** The message that makes a request's present step look, at its present version. */
export function messageFor(request: Pick<ImageRequest, "id" | "step" | "version">): StepMessage {
  return { schemaVersion: 1, requestId: request.id, step: request.step, version: request.version };
}

function poisoned(step: Step): StepOutcome {
  return refuse(
    problem("step-broken", "Darkroom failed", `Step ${step.name} failed ${maxClaims} times without an answer.`, {
      remedy: "This is an error of ours: tell the support of this cloud.",
    }),
  );
}

function cancelled(cancel: NonNullable<ImageRequest["cancel"]>): StepOutcome {
  return refuse(cancelProblem(cancel), "cancelled");
}

function cancelProblem({ by, reason }: NonNullable<ImageRequest["cancel"]>) {
  return problem("cancelled", "Cancelled", `Cancelled by ${by.userName}${reason && `: ${reason}`}.`);
}

/** A cancel that came while the last step before `release` was being written: it was accepted, so it holds. */
function cancelledLate(
  request: ClaimedRequest,
  cancel: NonNullable<ImageRequest["cancel"]>,
  nowMs: number,
): Transition {
  const { step, learned, ledger } = request;
  const why = cancelProblem(cancel);
  const end: End = { status: "cancelled", problem: why };
  const entry = { at: new Date(nowMs).toISOString(), step, what: "cancelled", text: why.detail } as const;
  const timeline = withEntry(request.timeline, entry);
  return { outcome: { step, end, learned, ledger, timeline, wakeAtMs: nowMs + lostAfterMs }, nextLookInMs: 0 };
}
