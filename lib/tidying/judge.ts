// May an image go? One pure function, one rule after the other; what is not known is never "unused".
import { expiresAt } from "../images/expiry.ts";
import type { Image } from "../openstack/index.ts";
import type { Policy } from "../providers/policy.ts";
import type { Known, Lineage } from "./known.ts";

export type Verdict = Candidate | Kept;

export interface Candidate {
  readonly kind: "candidate";
  readonly reason: "unused" | "expired";
  /** It is not hidden before; an owner's own date may lie ahead while they are told already. */
  readonly hideFromMs: number;
  readonly why: string;
}

export interface Kept {
  readonly kind: "kept";
  readonly rule: RuleName;
  readonly why: string;
}

export type TidyingPolicy = Policy["tidying"];

/** Clocks of clouds and ours differ by less than this. */
export const clockSkewMs = 10 * 60_000;
const dayMs = 86_400_000;

interface Case {
  readonly image: Image;
  readonly known: Known;
  readonly lineage: Lineage | undefined;
  readonly policy: TidyingPolicy;
  readonly nowMs: number;
}

/** Why this rule keeps the image; undefined where it does not. */
type Rule = (one: Case) => string | undefined;

/**
 * First what would be lost with it, then what its owner said, then what it is. A shelved server's only disk is such an image, and no API links the two but
 * `instance_uuid` and the server's status (nova/compute/manager.py, _shelve_instance).
 */
const always = {
  shelved: ({ image, known }) => {
    const server = known.restless.get(image.properties.instance_uuid ?? "");
    return server?.status.startsWith("SHELVED")
      ? `server ${image.properties.instance_uuid} is ${server.status}: this is its only disk`
      : undefined;
  },
  "server-at-work": ({ image, known }) => {
    const server = known.restless.get(image.properties.instance_uuid ?? "");
    return (
      server &&
      `server ${image.properties.instance_uuid}, of which it was made, is ${server.taskState ?? server.status}`
    );
  },
  "server-boots-from-it": ({ image, known }) =>
    known.usedByServers.has(image.id) ? "a server was booted from it" : undefined,
  "volume-made-of-it": ({ image, known }) =>
    known.usedByVolumes.has(image.id) ? "a volume was made of it" : undefined,
  "volume-being-made": ({ image: { visibility, owner }, known: { makingVolumes } }) =>
    (visibility === "private" ? makingVolumes.has(owner ?? "") : makingVolumes.size > 0)
      ? "a volume is being made, and the cloud does not say yet of which image"
      : undefined,
  "live-request": ({ image, known }) =>
    known.liveImages.has(image.id) ? "a request that is under way needs it" : undefined,
  "others-may-use-it": ({ image, known }) =>
    !known.seesAllProjects && (image.visibility !== "private" || image.owner !== known.projectId)
      ? `it is ${image.visibility}, and not all projects' servers can be seen`
      : undefined,
  "not-active": ({ image }) => (image.status === "active" ? undefined : `its status is ${image.status}`),
  protected: ({ image }) => (image.protected ? "it is protected" : undefined),
  "tagged-to-keep": ({ image, policy }) =>
    image.tags.includes(policy.keepTag) ? `it is tagged ${policy.keepTag}` : undefined,
  "volume-snapshots": ({ image }) =>
    image.properties.block_device_mapping === undefined
      ? undefined
      : "it stands for snapshots of volumes, which would be left behind",
} satisfies Record<string, Rule>;

/** These do not hold against a date that the owner set. */
const unlessExpired = {
  "owners-date-ahead": ({ image }) => {
    const expiry = expiresAt(image);
    return expiry === undefined ? undefined : `its owner wants it until ${expiry}`;
  },
  "no-snapshot": ({ image, lineage }) =>
    image.properties.image_type === "snapshot" || lineage?.published ? undefined : "it is no snapshot",
  "newest-version": ({ lineage }) =>
    lineage?.published && lineage.latest ? "it is the newest of its name" : undefined,
  fresh: ({ image, policy, nowMs }) => {
    const days = policy.snapshotsUnusedMs / dayMs;
    // Written so that a date that cannot be read is fresh.
    const old = Date.parse(image.createdAt) + policy.snapshotsUnusedMs + clockSkewMs < nowMs;
    return old ? undefined : `it is younger than ${days} days`;
  },
} satisfies Record<string, Rule>;

/** `owner-unreachable` is found where somebody is to be told, and not here: who can be told is a matter of the cloud's people (addressees.ts). */
export type RuleName = keyof typeof always | keyof typeof unlessExpired | "owner-unreachable";
export const ruleNames = [...Object.keys(always), ...Object.keys(unlessExpired)] as readonly RuleName[];

/** `lineage`: undefined for an image that bears no request of ours. */
export function judge(
  image: Image,
  known: Known,
  lineage: Lineage | undefined,
  policy: TidyingPolicy,
  nowMs: number,
): Verdict {
  const one: Case = { image, known, lineage, policy, nowMs };
  const kept = firstThatKeeps(always, one);
  if (kept) return kept;
  const expiry = expiresAt(image);
  if (expiry !== undefined && Date.parse(expiry) - policy.tellMs <= nowMs - clockSkewMs) {
    const why = `its owner's date for it is ${expiry}`;
    return { kind: "candidate", reason: "expired", hideFromMs: Date.parse(expiry) + clockSkewMs, why };
  }
  const alsoKept = firstThatKeeps(unlessExpired, one);
  if (alsoKept) return alsoKept;
  const days = Math.floor((nowMs - Date.parse(image.createdAt)) / dayMs);
  return {
    kind: "candidate",
    reason: "unused",
    hideFromMs: nowMs,
    why: `a snapshot of ${days} days that no server and no volume uses`,
  };
}

function firstThatKeeps(rules: Record<string, Rule>, one: Case): Kept | undefined {
  for (const [rule, keeps] of Object.entries(rules)) {
    const why = keeps(one);
    if (why !== undefined) return { kind: "kept", rule: rule as RuleName, why };
  }
  return undefined;
}
