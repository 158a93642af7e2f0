// What is done with one candidate: its owner is told, it is hidden, put out of use, deleted; each step written down so that a crash loses none and repeats none.
import { log } from "../log.ts";
import { type Image, ifThere, OpenStackFault } from "../openstack/index.ts";
import type { Provider } from "../providers/provider.ts";
import type { Runtime } from "../runtime.ts";
import type { Candidate } from "./judge.ts";
import type { Known } from "./known.ts";
import { howToKeep, type TidyingNotice } from "./notice.ts";
import { deleteDeactivated, judgedBy, putBack, reactivate } from "./out-of-use.ts";
import { verdictOf } from "./shelf.ts";
import { type Action, nextAction, type StageRecord } from "./stage.ts";
import type { TidyingStore } from "./store.ts";
import type { Eyes } from "./survey.ts";

export interface Surroundings {
  readonly runtime: Pick<Runtime, "store" | "clock">;
  readonly provider: Provider;
  readonly eyes: Eyes;
  readonly tidying: TidyingStore;
  /** Of the present pass. */
  readonly pass: string;
  /** May anything be deleted at all now, and one more in this pass? Counts it, in the table too. */
  mayDelete(): Promise<boolean>;
  /** What uses images, by the one survey of this run. */
  known(): Promise<Known>;
  /** False: there is nobody to be told. May throw: then the stage is not reached, and it is tried again in the next pass. */
  tell(notice: TidyingNotice): Promise<boolean>;
}

/** `told-nobody`: its time runs although there was nobody to be told, by the policy. */
export type Done =
  | "told"
  | "told-nobody"
  | "hidden"
  | "deactivated"
  | "deleted"
  | "waiting"
  | "kept"
  | "held-back"
  | "refused"
  | "another-run";

/** Nobody can be told, so it stays. */
export type Treated = Done | "owner-unreachable";

/** Faults of the cloud as a whole are thrown; a refusal of this one image is an answer. */
export async function treat(image: Image, candidate: Candidate, at: Surroundings): Promise<Treated> {
  const record = await at.tidying.find(at.provider.name, image.id);
  const action = nextAction(candidate, record, image, at.provider.policy.tidying, at.runtime.clock.now());
  try {
    return await perform(action, image, candidate, record, at);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    log.warn("image not tidied", { provider: at.provider.name, imageId: image.id, fault: error.message });
    return "refused";
  }
}

function isRefusal(error: unknown): error is OpenStackFault {
  return error instanceof OpenStackFault && ["forbidden", "conflict", "notFound", "badRequest"].includes(error.kind);
}

async function perform(
  action: Action,
  image: Image,
  candidate: Candidate,
  record: StageRecord | undefined,
  at: Surroundings,
): Promise<Treated> {
  const nowMs = at.runtime.clock.now();
  const seen = seenNow(image, candidate, at);
  const write = async (more: Pick<StageRecord, "stage" | "sinceMs"> & Partial<StageRecord>, before = record) =>
    await at.tidying.write({ ...seen, ...more }, before);
  const { eyes } = at;
  switch (action.do) {
    case "tell": {
      await putBack(record, image, eyes.cloud);
      const reached = await at.tell(notice("told", image, candidate, at, action));
      if (!reached && at.provider.policy.tidying.unreachableOwners === "keep") {
        if (record) await giveImageBack(record, { ...image, hidden: false, status: "active" }, at);
        return "owner-unreachable";
      }
      const written = await write({ stage: "told", sinceMs: nowMs });
      return !written ? "another-run" : reached ? "told" : "told-nobody";
    }
    case "hide": {
      // That it was us is written before: else nobody would know to show it again.
      const hiddenByUs = record?.hiddenByUs === true || !image.hidden;
      const meant = await write({ stage: "told", sinceMs: record?.sinceMs ?? nowMs, hiddenByUs });
      if (!meant) return "another-run";
      if (!image.hidden)
        await eyes.cloud.image.patchImage(image.id, [{ op: "replace", path: "/os_hidden", value: true }]);
      await at.tell(notice("hidden", image, candidate, at, action));
      return (await write({ stage: "hidden", sinceMs: nowMs, hiddenByUs }, meant)) ? "hidden" : "another-run";
    }
    case "keep": {
      await putBack(record, image, eyes.cloud);
      const keptBy = "whoever showed it again or put it back into use";
      await write({ stage: "kept", sinceMs: nowMs, keptUntilMs: action.untilMs, keptBy });
      return "kept";
    }
    case "wait": {
      if (action.for === "another run") return "another-run";
      if (!record || record.stage === "kept") return "kept";
      // Its day was put off.
      if (action.for === "deletion") await reactivate(record, image, eyes.cloud);
      await write(action.for === "deletion" ? hiddenAgain(record) : stayOf(record));
      return "waiting";
    }
    case "deactivate":
      return record ? await deactivate(image, candidate, record, at) : "refused";
    case "delete":
      // At the end of a pass, by what was seen since: `lastLook`.
      if (record) await write(stayOf(record));
      return "waiting";
  }
}

/** Everything in its rules has held: from here on nothing can begin to need it. */
async function deactivate(image: Image, candidate: Candidate, record: StageRecord, at: Surroundings): Promise<Done> {
  const { tidying, eyes } = at;
  const hidden = { ...seenNow(image, candidate, at), ...hiddenAgain(record) };
  if (!(await at.mayDelete())) {
    await reactivate(record, image, eyes.cloud);
    await tidying.write(hidden, record);
    return "held-back";
  }
  // That it was us is written before: else nobody would know to put it back into use.
  const meant = await tidying.write({ ...hidden, stage: "deactivated" }, record);
  if (!meant) return "another-run";
  try {
    await eyes.cloud.image.deactivateImage(image.id);
  } catch (error) {
    if (isRefusal(error)) await tidying.write(hidden, meant);
    throw error;
  }
  const deactivatedAtMs = at.runtime.clock.now();
  if (await tidying.write({ ...hidden, stage: "deactivated", deactivatedAtMs }, meant)) return "deactivated";
  await eyes.cloud.image.reactivateImage(image.id);
  return "another-run";
}

/**
 * The other half, in a run whose survey began after nothing could begin to need the image any more. Claimed first, so that no other run and no keeper's word comes between;
 * then it is judged once more, and only then, written down before, it is deleted.
 */
export async function lastLook(record: StageRecord, at: Surroundings): Promise<Treated | "given-back"> {
  const { provider, tidying, eyes } = at;
  const nowMs = at.runtime.clock.now();
  const { schemaVersion: _schema, version: _version, ...rest } = record;
  const claimed = await tidying.write({ ...rest, stage: "deleting", pass: at.pass, seenAtMs: nowMs }, record);
  if (!claimed) return "another-run";
  const image = await ifThere(eyes.cloud.image.getImage(record.imageId));
  const verdict = image && (await verdictOf(judgedBy(record, image), await at.known(), eyes, provider, at.runtime));
  if (!image || verdict?.kind !== "candidate") {
    await giveImageBack(claimed, image, at);
    return "given-back";
  }
  const action = nextAction(verdict, record, image, provider.policy.tidying, nowMs);
  if (action.do !== "delete") return await perform(action, image, verdict, { ...claimed, stage: record.stage }, at);
  try {
    await tidying.recordDeletion({ ...deletionOf(image, verdict, at), at: new Date(nowMs).toISOString() });
    await deleteDeactivated(image.id, eyes.cloud);
  } catch (error) {
    if (error instanceof OpenStackFault && error.outcomeKnown && error.kind !== "notFound") {
      await tidying.forgetDeletion(provider.name, image.id);
      await reactivate(record, image, eyes.cloud);
      await tidying.write({ ...seenNow(image, verdict, at), ...hiddenAgain(record) }, claimed);
    }
    throw error;
  }
  await tidying.deletionDone(provider.name, image.id);
  await at.tell(notice("deleted", image, verdict, at, {})).catch((error: unknown) => {
    log.error("deletion not announced", { provider: provider.name, imageId: image.id, error });
  });
  await tidying.remove(claimed);
  log.info("image deleted", { provider: provider.name, imageId: image.id, name: image.name, why: verdict.why });
  return "deleted";
}

/** An image that is on its way out no more: what we did to it is taken back, and it is forgotten. */
export async function giveImageBack(record: StageRecord, image: Image | undefined, at: Surroundings): Promise<void> {
  if (image) await putBack(record, image, at.eyes.cloud);
  if (image) await at.tidying.forgetDeletion(at.provider.name, image.id);
  else await at.tidying.deletionDone(at.provider.name, record.imageId);
  await at.tidying.remove(record);
}

function hiddenAgain({ sinceMs, hiddenByUs }: StageRecord) {
  return { stage: "hidden", sinceMs, ...(hiddenByUs && { hiddenByUs }) } as const;
}

/** What of a stage stays as it was. */
function stayOf({ stage, sinceMs, hiddenByUs, deactivatedAtMs }: StageRecord) {
  return {
    stage,
    sinceMs,
    ...(hiddenByUs && { hiddenByUs }),
    ...(deactivatedAtMs !== undefined && { deactivatedAtMs }),
  };
}

function seenNow(image: Image, { reason, why }: Candidate, { provider, pass, runtime }: Surroundings) {
  const { id: imageId, name, owner } = image;
  return { provider: provider.name, imageId, name, owner, reason, why, pass, seenAtMs: runtime.clock.now() };
}

function deletionOf(image: Image, { reason, why }: Candidate, { provider }: Surroundings) {
  const { id, name, owner, sizeBytes, hashAlgo, hashValue, createdAt } = image;
  const hash = hashAlgo !== null && hashValue !== null ? { algo: hashAlgo, value: hashValue } : null;
  const about = { provider: provider.name, thingId: id, name, owner, sizeBytes, hash, createdAt, reason, why };
  return { ...about, kind: "image", state: "begun" } as const;
}

function notice(
  kind: TidyingNotice["kind"],
  image: Image,
  { reason, why }: Candidate,
  { provider, pass }: Surroundings,
  { hideAtMs, deleteAtMs }: { hideAtMs?: number; deleteAtMs?: number },
): TidyingNotice {
  const { id } = image;
  return {
    kind,
    key: `tidying-${kind}-${id}-${pass}`,
    provider: provider.name,
    image,
    reason,
    why,
    ...(hideAtMs !== undefined && { hideAtMs }),
    ...(deleteAtMs !== undefined && { deleteAtMs }),
    ...(kind !== "deleted" && { howToKeep: howToKeep(id, provider.policy.tidying.keepTag) }),
  };
}
