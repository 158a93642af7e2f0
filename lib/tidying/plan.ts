// What a sweep would do, page by page, without doing it: nothing is written, in the cloud or in the table.
import type { Image } from "../openstack/index.ts";
import type { Provider } from "../providers/provider.ts";
import type { Runtime } from "../runtime.ts";
import type { Announcer } from "./announce.ts";
import { atOnce } from "./at-once.ts";
import type { RuleName, Verdict } from "./judge.ts";
import type { Known } from "./known.ts";
import { judgedBy } from "./out-of-use.ts";
import { MarkerGone, shelfPage, verdictOf } from "./shelf.ts";
import { type Action, nextAction } from "./stage.ts";
import { openTidyingStore, type Place } from "./store.ts";
import type { Eyes } from "./survey.ts";

export interface PlannedImage {
  readonly id: string;
  readonly name: string | null;
  readonly owner: string | null;
  readonly visibility: string;
  readonly sizeBytes: number | null;
  readonly createdAt: string;
  readonly hidden: boolean;
  readonly verdict: "unused" | "expired" | "kept";
  /** Of a kept one: what keeps it. */
  readonly rule: RuleName | null;
  readonly why: string;
  /** What the next pass does with it, of a candidate. */
  readonly next: { readonly do: Action["do"]; readonly at: string } | null;
}

export interface PlanPage {
  readonly images: readonly PlannedImage[];
  /** Undefined on the last. */
  readonly next: Place | undefined;
}

/** Whoever asks over HTTP waits for a page of images whose owners are looked up. */
const lookedAtOnce = 4;

export async function planPage(
  {
    runtime,
    provider,
    eyes,
    known,
    announcer,
  }: {
    runtime: Pick<Runtime, "table" | "store" | "clock">;
    provider: Pick<Provider, "name" | "policy">;
    eyes: Eyes;
    known: Known;
    announcer: Pick<Announcer, "canTell">;
  },
  place: Place,
  size?: number,
): Promise<PlanPage> {
  const hidden = place.part === "hidden";
  const wanted = { hidden, after: place.after, ...(size !== undefined && { size }) };
  const { images, last } = await shelfPage(eyes, known, wanted).catch((error: unknown) => {
    if (!(error instanceof MarkerGone)) throw error;
    return shelfPage(eyes, known, { ...wanted, after: undefined });
  });
  const tidying = openTidyingStore(runtime.table);
  const planned: PlannedImage[] = [];
  await atOnce([...images.entries()], lookedAtOnce, async ([index, image]) => {
    const findRecord = () => tidying.find(provider.name, image.id);
    const out = image.status === "deactivated" ? await findRecord() : undefined;
    const verdict = await verdictOf(judgedBy(out, image), known, eyes, provider, runtime);
    const record = verdict.kind === "candidate" ? (out ?? (await findRecord())) : undefined;
    const nowMs = runtime.clock.now();
    const action =
      verdict.kind === "candidate" ? nextAction(verdict, record, image, provider.policy.tidying, nowMs) : undefined;
    const unreachable = action?.do === "tell" && !(await announcer.canTell(image));
    planned[index] = unreachable
      ? plannedUntold(image, verdict, action, provider, nowMs)
      : plannedOf(image, verdict, action, nowMs);
  });
  const after = images.at(-1)?.id;
  if (!last && after !== undefined) return { images: planned, next: { part: place.part, after } };
  return { images: planned, next: hidden ? undefined : { part: "hidden" } };
}

/** Nobody can be told of it. */
function plannedUntold(
  image: Image,
  verdict: Verdict,
  action: Action,
  { policy }: Pick<Provider, "policy">,
  nowMs: number,
): PlannedImage {
  const why = `${verdict.why}; nobody can be told: no webhook of its project, no address of whoever made it`;
  if (policy.tidying.unreachableOwners === "proceed") return { ...plannedOf(image, verdict, action, nowMs), why };
  return plannedOf(image, { kind: "kept", rule: "owner-unreachable", why }, undefined, nowMs);
}

function plannedOf(image: Image, verdict: Verdict, action: Action | undefined, nowMs: number): PlannedImage {
  const { id, name, owner, visibility, sizeBytes, createdAt, hidden } = image;
  const atMs = action && "untilMs" in action ? action.untilMs : nowMs;
  return {
    ...{ id, name, owner, visibility, sizeBytes, createdAt, hidden },
    verdict: verdict.kind === "kept" ? "kept" : verdict.reason,
    rule: verdict.kind === "kept" ? verdict.rule : null,
    why: verdict.why,
    next: action ? { do: action.do, at: new Date(atMs).toISOString() } : null,
  };
}
