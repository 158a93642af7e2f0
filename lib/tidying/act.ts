// What is done with one candidate: its owner is told, it is hidden, it is deleted; each step written down so that a crash loses none and repeats none.
import { log } from "../log.ts";
import { type Image, OpenStackFault } from "../openstack/index.ts";
import type { Provider } from "../providers/provider.ts";
import type { Runtime } from "../runtime.ts";
import type { Candidate } from "./judge.ts";
import type { Known } from "./known.ts";
import { howToKeep, type TidyingNotice } from "./notice.ts";
import { verdictOf } from "./shelf.ts";
import { type Action, nextAction, type StageRecord } from "./stage.ts";
import type { TidyingStore } from "./store.ts";
import { type Eyes, lookAgain } from "./survey.ts";

export interface Surroundings {
  readonly runtime: Pick<Runtime, "store" | "clock">;
  readonly provider: Provider;
  readonly eyes: Eyes;
  readonly tidying: TidyingStore;
  /** Of the present pass. */
  readonly pass: string;
  /** May anything be deleted at all now, and one more in this pass? Counts it. */
  mayDelete(): boolean;
  /** What uses images, no older than a minute. */
  known(): Promise<Known>;
  /** False: there is nobody to be told. May throw: then the stage is not reached, and it is tried again in the next pass. */
  tell(notice: TidyingNotice): Promise<boolean>;
}

/** `told-nobody`: its time runs although there was nobody to be told, by the policy. */
export type Done =
  | "told"
  | "told-nobody"
  | "hidden"
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
    if (!(error instanceof OpenStackFault) || !refusals.includes(error.kind)) throw error;
    log.warn("image not tidied", { provider: at.provider.name, imageId: image.id, fault: error.message });
    return "refused";
  }
}

const refusals: readonly string[] = ["forbidden", "conflict", "notFound", "badRequest"];

async function perform(
  action: Action,
  image: Image,
  candidate: Candidate,
  record: StageRecord | undefined,
  at: Surroundings,
): Promise<Treated> {
  const nowMs = at.runtime.clock.now();
  const seen = { ...facts(image, candidate, at), pass: at.pass, seenAtMs: nowMs };
  const write = async (more: Pick<StageRecord, "stage" | "sinceMs"> & Partial<StageRecord>, before = record) =>
    await at.tidying.write({ ...seen, ...more }, before);
  switch (action.do) {
    case "tell": {
      if (record?.hiddenByUs && image.hidden) await setHidden(image.id, false, at);
      const reached = await at.tell(notice("told", image, candidate, at, action));
      if (!reached && at.provider.policy.tidying.unreachableOwners === "keep") {
        if (record) await giveImageBack(record, { ...image, hidden: false }, at);
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
      if (!image.hidden) await setHidden(image.id, true, at);
      await at.tell(notice("hidden", image, candidate, at, action));
      return (await write({ stage: "hidden", sinceMs: nowMs, hiddenByUs }, meant)) ? "hidden" : "another-run";
    }
    case "keep":
      await write({ stage: "kept", sinceMs: nowMs, keptUntilMs: action.untilMs, keptBy: "whoever showed it again" });
      return "kept";
    case "wait": {
      if (action.for === "another run") return "another-run";
      if (!record || record.stage === "kept") return "kept";
      const { stage, sinceMs, hiddenByUs } = record;
      await write({ stage, sinceMs, ...(hiddenByUs && { hiddenByUs }) });
      return "waiting";
    }
    case "delete":
      return record ? await remove(image, candidate, record, at) : "refused";
  }
}

/**
 * Claimed first, so that no other run and no keeper's word comes between; then everything that could keep it is looked at again, and only then, written down
 * before, it is deleted.
 */
async function remove(image: Image, candidate: Candidate, record: StageRecord, at: Surroundings): Promise<Done> {
  const { provider, tidying, eyes } = at;
  const nowMs = at.runtime.clock.now();
  const { stage, sinceMs, hiddenByUs } = record;
  const seen = { ...facts(image, candidate, at), pass: at.pass, seenAtMs: nowMs, ...(hiddenByUs && { hiddenByUs }) };
  if (!at.mayDelete()) {
    await tidying.write({ ...seen, stage, sinceMs }, record);
    return "held-back";
  }
  const claimed = await tidying.write({ ...seen, stage: "deleting", sinceMs }, record);
  if (!claimed) return "another-run";
  const giveBack = () => tidying.write({ ...seen, stage: "hidden", sinceMs }, claimed);
  try {
    const fresh = await eyes.cloud.image.getImage(image.id);
    const known = await lookAgain(eyes, image.id, fresh.properties.instance_uuid, await at.known());
    const verdict = await verdictOf(fresh, known, eyes, provider, at.runtime);
    if (verdict.kind === "kept" || !fresh.hidden) {
      await giveBack();
      return "kept";
    }
    await tidying.recordDeletion({ ...deletionOf(fresh, verdict, at), at: new Date(nowMs).toISOString() });
    await eyes.cloud.image.deleteImage(image.id);
  } catch (error) {
    if (error instanceof OpenStackFault && error.outcomeKnown && error.kind !== "notFound") {
      await tidying.forgetDeletion(provider.name, image.id);
      await giveBack();
    }
    throw error;
  }
  await tidying.deletionDone(provider.name, image.id);
  await at.tell(notice("deleted", image, candidate, at, {})).catch((error: unknown) => {
    log.error("deletion not announced", { provider: provider.name, imageId: image.id, error });
  });
  await tidying.remove(claimed);
  log.info("image deleted", { provider: provider.name, imageId: image.id, name: image.name, why: candidate.why });
  return "deleted";
}

async function setHidden(imageId: string, hidden: boolean, { eyes }: Pick<Surroundings, "eyes">): Promise<void> {
  await eyes.cloud.image.patchImage(imageId, [{ op: "replace", path: "/os_hidden", value: hidden }]);
}

/** An image that is on its way out no more: shown again where it was us who hid it, and forgotten. */
export async function giveImageBack(record: StageRecord, image: Image | undefined, at: Surroundings): Promise<void> {
  if (image?.hidden && record.hiddenByUs) await setHidden(image.id, false, at);
  if (image) await at.tidying.forgetDeletion(at.provider.name, image.id);
  else await at.tidying.deletionDone(at.provider.name, record.imageId);
  await at.tidying.remove(record);
}

function facts(image: Image, { reason, why }: Candidate, { provider }: Surroundings) {
  return { provider: provider.name, imageId: image.id, name: image.name, owner: image.owner, reason, why };
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
