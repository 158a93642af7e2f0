// What an image's owner is told while it is on its way out.
import type { Image } from "../openstack/index.ts";
import type { Candidate } from "./judge.ts";

export interface TidyingNotice {
  readonly kind: "told" | "hidden" | "deleted";
  /** Of the stage and the pass that reached it: a pass that goes on after a crash says nothing twice, and a later round is told anew. */
  readonly key: string;
  readonly provider: string;
  readonly image: Image;
  readonly reason: Candidate["reason"];
  readonly why: string;
  readonly hideAtMs?: number;
  readonly deleteAtMs?: number;
  readonly howToKeep?: string;
}

export function howToKeep(imageId: string, keepTag: string): string {
  return `To keep it: POST /v1/images/${imageId}/keep, or give it the tag "${keepTag}", or protect it, before that day.`;
}
