// An audit record, and calls to a cloud that changed something, as callers see them.
import * as z from "zod";

export const callMade = z
  .strictObject({
    at: z.string(),
    /** Of the chain; absent where it was made while a caller waited. */
    step: z.string().optional(),
    service: z.string(),
    method: z.string(),
    path: z.string(),
    /** null: no answer came, so it may have been performed or not. */
    status: z.int().nullable(),
    openstackRequestId: z.string().optional(),
  })
  .meta({ id: "CallMade" });

/** The oldest and the newest; `dropped`: how many between them were not kept. */
export const callsMade = z.strictObject({ made: z.array(callMade), dropped: z.int() });

export const auditRecord = z
  .strictObject({
    id: z.string(),
    at: z.string(),
    provider: z.string(),
    /** `userName` is gone once the user's personal data were erased. */
    actor: z.strictObject({
      userId: z.string(),
      userName: z.string().optional(),
      projectId: z.string(),
      projectName: z.string(),
    }),
    /** Keystone's audit ids of the token. */
    auditIds: z.array(z.string()),
    /** The operation. */
    action: z.string(),
    about: z.strictObject({ kind: z.string(), id: z.string() }).optional(),
    /** What was decided or acknowledged, and the names of the fields that were sent. */
    facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.array(z.string())])),
    calls: callsMade,
  })
  .meta({ id: "AuditRecord" });

export const callExample = {
  at: "2026-11-23T09:00:03.000Z",
  step: "quiesce",
  service: "compute",
  method: "POST",
  path: "/servers/11111111-1111-4111-8111-111111111111/action",
  status: 202,
  openstackRequestId: "req-0b0e6a5e-2222-4222-8222-222222222222",
} satisfies z.input<typeof callMade>;

export const auditRecordExample = {
  id: "8c1f4d0a-3333-4333-8333-333333333333",
  at: "2026-11-23T10:00:00.000Z",
  provider: "jetstream",
  actor: {
    userId: "fedcba9876543210fedcba9876543210",
    userName: "carol",
    projectId: "73746166660000000000000000000000",
    projectName: "staff",
  },
  auditIds: ["3T2dc1CGQxyJsHdDu1xkcw"],
  action: "decide-image-request",
  about: { kind: "image-request", id: "5e6f3a52-7d1c-5a0e-9c1b-0d8f5b6a7c21" },
  facts: { fields: ["decision", "reason"], decision: "approve", reason: "of use to all" },
  calls: { made: [], dropped: 0 },
} satisfies z.input<typeof auditRecord>;
