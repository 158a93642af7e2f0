// What is recorded of an act: who did it, with which token, what, to what, when, and what it changed in the cloud.
import type { CallsMade } from "./calls-made.ts";

export interface AuditRecord {
  readonly schemaVersion: 1;
  readonly id: string;
  readonly at: string;
  readonly provider: string;
  readonly actor: Actor;
  /** Keystone's names of the token, which are no secrets: its own, then the one of the token that it was made from. Keystone writes them in its notifications. */
  readonly auditIds: readonly string[];
  /** The operation's id: `decide-image-request`. */
  readonly action: string;
  readonly about?: About;
  /** What was decided or acknowledged. */
  readonly facts: Facts;
  readonly calls: CallsMade;
}

/** `userName` is gone once the user's personal data were erased; ids stay. */
export interface Actor {
  readonly userId: string;
  readonly userName?: string;
  readonly projectId: string;
  readonly projectName: string;
}

/** A thing of ours or of the cloud. */
export interface About {
  readonly kind: "image-request" | "image" | "webhook" | "user";
  readonly id: string;
}

/** No secret, no address and no name of a person belongs here: records are kept when those are erased. */
export type Facts = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

export const maxFactChars = 2_000;
const maxFacts = 20;
const maxListed = 100;

/** A record must fit, whatever was sent. */
export function bounded(facts: Facts): Facts {
  const entries = Object.entries(facts).filter(([, fact]) => fact !== undefined);
  return Object.fromEntries(entries.slice(0, maxFacts).map(([name, fact]) => [name, cut(fact)]));
}

function cut(fact: Facts[string]): Facts[string] {
  if (typeof fact === "string") return fact.slice(0, maxFactChars);
  return Array.isArray(fact) ? fact.slice(0, maxListed).map((each: string) => each.slice(0, 255)) : fact;
}
