// An image request as callers see it.
import * as z from "zod";
import { imageRequestBody, imageRequestExample } from "./image-request.ts";
import { problemShape } from "./problem.ts";

const at = z.string();
const someone = z.strictObject({ userId: z.string(), userName: z.string() });

export const requestStatus = z.enum([
  "running",
  "awaiting-approval",
  "asking",
  "releasing",
  "completed",
  "denied",
  "expired",
  "cancelled",
  "failed",
]);

export const requestRepresentation = z
  .strictObject({
    id: z.string(),
    status: requestStatus,
    step: z.string(),
    waitingFor: z.strictObject({ why: z.string(), since: at }).nullable(),
    /** What the requester must answer before it goes on. */
    question: z
      .strictObject({
        id: z.string(),
        kind: z.enum(["secrets", "review"]),
        askedAt: at,
        deadline: at,
        secrets: z.array(z.strictObject({ path: z.string(), kind: z.string() })).optional(),
        imageId: z.string().optional(),
      })
      .nullable(),
    image: z.strictObject({ id: z.string(), name: z.string(), visibility: z.string() }).nullable(),
    /** What was seen when the image was booted and did not stop it: post-scripts that are wrong or failed, a missing guest agent. */
    warnings: z.array(z.strictObject({ code: z.string(), detail: z.string() })),
    /** Why it did not end well. */
    problem: problemShape.nullable(),
    leftovers: z.array(z.string()).optional(),
    provider: z.string(),
    project: z.strictObject({ id: z.string(), name: z.string() }),
    requester: z.strictObject({ id: z.string(), name: z.string() }),
    server: z.strictObject({ id: z.string(), name: z.string() }),
    asked: z.looseObject({ ...imageRequestBody.shape, licenseAcknowledged: z.boolean() }),
    /** The projects that `asked.share` meant, as they were found when it was taken. */
    sharedWith: z.array(
      z.strictObject({
        id: z.string(),
        name: z.string().optional(),
        /** False: nobody looked whether there is such a project; Glance takes any text for one. */
        checked: z.boolean(),
        users: z.array(z.strictObject({ id: z.string(), name: z.string() })).optional(),
      }),
    ),
    license: z.strictObject({ version: z.string(), acknowledgedBy: z.string(), at }),
    decision: z.strictObject({ decision: z.enum(["approve", "deny"]), reason: z.string(), by: someone, at }).nullable(),
    createdAt: at,
    updatedAt: at,
    endedAt: at.nullable(),
    /** Since when consoles, reports and addresses are gone. */
    erasedAt: at.nullable(),
    approvalDeadline: at,
    links: z.strictObject({ self: z.string(), timeline: z.string(), report: z.string(), audit: z.string() }),
  })
  .meta({ id: "ImageRequest" });

const id = "5e6f3a52-7d1c-5a0e-9c1b-0d8f5b6a7c21";

export const requestRepresentationExample = {
  id,
  status: "completed",
  step: "release",
  waitingFor: null,
  question: null,
  image: { id: "0b0e6a5e-1111-4111-8111-111111111111", name: "Trinity 2.15 for class", visibility: "private" },
  warnings: [{ code: "post-script-wrong", detail: "20-mount has mode 644, not 755." }],
  problem: null,
  provider: "jetstream",
  project: { id: "6f70656e737461636b20342065766572", name: "bio-lab" },
  requester: { id: "0123456789abcdef0123456789abcdef", name: "bob" },
  server: { id: imageRequestExample.serverId, name: "assembly-1" },
  // As it is shown: with everything that was left out.
  asked: imageRequestBody.parse(imageRequestExample),
  sharedWith: [],
  license: { version: "1", acknowledgedBy: "0123456789abcdef0123456789abcdef", at: "2026-11-23T09:00:00.000Z" },
  decision: null,
  createdAt: "2026-11-23T09:00:00.000Z",
  updatedAt: "2026-11-23T09:04:10.000Z",
  endedAt: "2026-11-23T09:04:10.000Z",
  erasedAt: null,
  approvalDeadline: "2026-12-07T09:00:00.000Z",
  links: {
    self: `/v1/image-requests/${id}`,
    timeline: `/v1/image-requests/${id}/timeline`,
    report: `/v1/image-requests/${id}/report`,
    audit: `/v1/image-requests/${id}/audit`,
  },
} satisfies z.input<typeof requestRepresentation>;
