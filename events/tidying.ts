// The shapes of tidying over HTTP: the plan, what was deleted, a word to keep.
import * as z from "zod";

export const planQuery = z.strictObject({
  /** Kept images too, each with the rule that keeps it. */
  all: z.enum(["true", "false"]).default("false"),
  limit: z.coerce.number().int().min(1).max(1000).default(500),
  cursor: z.string().min(1).max(500).optional(),
});

export const passQuery = planQuery.extend({
  /** Nothing is begun: the answer is the plan, as `limit`, `cursor` and `all` ask for it. */
  dryRun: z.enum(["true", "false"]).default("false"),
});

/** `held`: why nothing is deleted for now. */
export const passDue = z.strictObject({ due: z.literal(true), held: z.string().nullable() });

export const plannedImage = z.strictObject({
  id: z.string(),
  name: z.string().nullable(),
  owner: z.string().nullable(),
  visibility: z.string(),
  sizeBytes: z.number().nullable(),
  createdAt: z.string(),
  hidden: z.boolean(),
  verdict: z.enum(["unused", "expired", "kept"]),
  rule: z.string().nullable(),
  why: z.string(),
  next: z
    .strictObject({ do: z.enum(["tell", "hide", "deactivate", "delete", "keep", "wait"]), at: z.string() })
    .nullable(),
});

export const plan = z.strictObject({
  enabled: z.boolean(),
  seesAllProjects: z.boolean(),
  held: z.string().nullable(),
  looked: z.number(),
  images: z.array(plannedImage),
  next: z.string().nullable(),
});

export const deletionsQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(50),
  cursor: z.string().min(1).max(1000).optional(),
});

export const deletion = z.strictObject({
  kind: z.enum(["image", "server"]),
  id: z.string(),
  name: z.string().nullable(),
  owner: z.string().nullable(),
  sizeBytes: z.number().nullable(),
  hash: z.strictObject({ algo: z.string(), value: z.string() }).nullable(),
  createdAt: z.string(),
  deletedAt: z.string(),
  reason: z.enum(["unused", "expired", "orphan"]),
  why: z.string(),
  /** `begun`: the cloud was asked, and its answer was not heard (yet). */
  state: z.enum(["begun", "done"]),
});

export const kept = z.strictObject({ imageId: z.string(), keptUntil: z.string(), hidden: z.boolean() });
