// One thing that OpenStack does, told by its name, and the proof of it on whatever cloud the stage stands.
import type { Stage } from "./stage.ts";

export interface Fact {
  /** A sentence that is true of OpenStack. */
  name: string;
  /**
   * Throws where it is not true. What is returned is compared between the clouds: statuses, kinds, names of fields; no ids, no times, nothing that depends on
   * who else uses the cloud.
   */
  prove(stage: Stage): Promise<Seen>;
}

/** Plain JSON. */
export type Seen = unknown;

/** Facts of one subject, proved one after the other: a later one may look at what an earlier one did. */
export interface Subject {
  name: string;
  facts: Fact[];
}

export const fact = (name: string, prove: (stage: Stage) => Promise<Seen>): Fact => ({ name, prove });
