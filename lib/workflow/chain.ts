// The chain as one typed table: every step, what it makes true, what follows it, how long it may stand still.

/** The steps in their order. Queue names, the diagram in the README and the tests' matrix are made from this table. */
export const chain = defineChain({
  check: {
    makesTrue: "nothing stands in the way of imaging this server",
    next: "approve",
    patienceMs: minutes(2),
  },
  approve: {
    makesTrue: "somebody permitted said yes, or the policy needs nobody",
    next: "quiesce",
    waitsFor: "a person",
    patienceMs: days(365), // a decision has its own deadline, kept by the step
  },
  quiesce: {
    makesTrue: "the server is as the snapshot needs it: stopped (or running, if asked live) and locked",
    next: "capture",
    waitsFor: "Nova",
    patienceMs: minutes(15),
  },
  capture: {
    makesTrue: "a private snapshot, ours beyond doubt, is active",
    next: "resume",
    waitsFor: "Nova and Glance",
    patienceMs: hours(2),
  },
  resume: {
    makesTrue: "the server is as we found it",
    next: "sanitize",
    waitsFor: "Nova",
    patienceMs: minutes(30),
  },
  sanitize: {
    makesTrue: "an image exists from which everything of the owner is gone",
    next: "describe",
    patienceMs: hours(2),
  },
  describe: {
    makesTrue: "what decides how the image boots is on it",
    next: "verify",
    patienceMs: minutes(30),
  },
  verify: {
    makesTrue: "that very image was booted and is sound",
    next: "publish",
    patienceMs: hours(2),
  },
  publish: {
    makesTrue: "the image has its name, tags, provenance and visibility",
    next: "distribute",
    patienceMs: minutes(30),
  },
  distribute: {
    makesTrue: "the image stands on every other provider asked for",
    next: "release",
    patienceMs: hours(12),
  },
  release: {
    makesTrue: "every temporary thing is gone, the server is as found, the trust is deleted",
    next: null,
    waitsFor: "Nova and Glance",
    patienceMs: hours(6),
  },
});

export type StepName = keyof typeof chain;

export interface StepRow<Name extends string> {
  /** What is true once the step is done. */
  readonly makesTrue: string;
  /** The step that follows when this one is done; null ends the chain. Whatever fails goes to `release`. */
  readonly next: NoInfer<Name> | null;
  /** Whom or what it waits for, for people. */
  readonly waitsFor?: string;
  /** For how long it may wait while nothing that it sees changes. After that the request fails. */
  readonly patienceMs: number;
}

export const stepNames = Object.keys(chain) as StepName[];
export const firstStep: StepName = "check";
/** Every road, good or bad, ends here. */
export const lastStep: StepName = "release";

export function isStepName(value: string): value is StepName {
  return Object.hasOwn(chain, value);
}

/** Compiles only where every arrow names a step of the same table. */
function defineChain<Name extends string>(table: Record<Name, StepRow<Name>>): Record<Name, StepRow<Name>> {
  return table;
}

function minutes(count: number): number {
  return count * 60_000;
}

function hours(count: number): number {
  return minutes(count * 60);
}

function days(count: number): number {
  return hours(count * 24);
}
