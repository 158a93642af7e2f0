// The message that makes a step look at a request: who, which step, at which version. The request item is the truth.
import * as z from "zod";

/** Loose on purpose: a newer version of the code may add fields that an older one must pass over. */
export const stepMessage = z.object({
  schemaVersion: z.literal(1),
  requestId: z.string().min(1).max(64),
  step: z.string().min(1).max(64),
  version: z.int().positive(),
});

export type StepMessage = z.output<typeof stepMessage>;

export const stepMessageExample = {
  schemaVersion: 1,
  requestId: "0d9a2c3e-6f0e-4b7e-9f57-6f6f1f2a7c11",
  step: "capture",
  version: 7,
} satisfies z.input<typeof stepMessage>;
