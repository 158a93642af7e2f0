// Sharing, as it stands in bodies and answers: members of an image, invitations, and who is named.
import * as z from "zod";
import { line, paragraph } from "./text.ts";

const memberStatus = z.enum(["pending", "accepted", "rejected"]);

export const member = z
  .strictObject({
    project: z.strictObject({ id: z.string(), name: z.string().nullable() }),
    /** The member's own answer. */
    status: memberStatus,
    addedAt: z.string(),
    updatedAt: z.string(),
    /** False: nobody looked whether there is such a project; Glance takes any text for one. */
    checked: z.boolean(),
  })
  .meta({ id: "Member" });

export const memberExample = {
  project: { id: "5f1f3a0a9a7b4f5c8d1e2f3a4b5c6d7e", name: "bio-lab" },
  status: "pending",
  addedAt: "2026-11-27T12:00:00.000Z",
  updatedAt: "2026-11-27T12:00:00.000Z",
  checked: true,
} satisfies z.input<typeof member>;

/** With the sentence that people must have read: Glance knows projects only. */
export const memberAdded = member.extend({ note: z.string() }).meta({ id: "MemberAdded" });

/** Glance takes 255 characters; a project's id is whatever its Keystone makes. */
export const projectId = line(64);

/** One of a user's name, and a project's name; by its id a project is PUT. */
export const shareBody = z.union(
  [
    z.strictObject({ user: line(255), domain: line(64).optional() }),
    z.strictObject({ project: line(64), domain: line(64).optional() }),
  ],
  "must name a user or a project, with its domain where that is needed",
);

export const invitation = z
  .strictObject({
    image: z.strictObject({
      id: z.string(),
      name: z.string().nullable(),
      description: z.string(),
      /** The project that shares it. */
      owner: z.string().nullable(),
      createdAt: z.string(),
      sizeBytes: z.number().nullable(),
    }),
    status: memberStatus,
  })
  .meta({ id: "Invitation" });

export const invitationExample = {
  image: {
    id: "0b0e6a5e-1111-4111-8111-111111111111",
    name: "Trinity 2.15 for class",
    description: "De novo transcript assembly.",
    owner: "9a7b4f5c8d1e2f3a4b5c6d7e5f1f3a0a",
    createdAt: "2026-11-26T12:00:00.000Z",
    sizeBytes: 372_244_480,
  },
  status: "pending",
} satisfies z.input<typeof invitation>;

export const invitationQuery = z.strictObject({ status: memberStatus.default("pending") });

export const invitationAnswer = z.strictObject({ status: z.enum(["accepted", "rejected"]) });

export const publicityBody = z.strictObject({
  reason: paragraph(1000).default(""),
  /** For mail about the decision, where Keystone knows no address and the policy admits this one's domain. */
  contact: z.strictObject({ email: z.email("must be an e-mail address").max(254) }).optional(),
});

export type PublicityBody = z.output<typeof publicityBody>;

const person = z.strictObject({ userId: z.string(), userName: z.string() });

/** The question whether an image shall be public. */
export const publicity = z
  .strictObject({
    image: z.strictObject({ id: z.string(), name: z.string() }),
    status: z.enum(["awaiting-approval", "approved", "public", "denied"]),
    provider: z.string(),
    project: z.strictObject({ id: z.string(), name: z.string() }),
    requester: person,
    reason: z.string(),
    askedAt: z.string(),
    decision: z
      .strictObject({ decision: z.enum(["approve", "deny"]), reason: z.string(), by: person, at: z.string() })
      .nullable(),
    publicSince: z.string().nullable(),
  })
  .meta({ id: "Publicity" });

export const publicityExample = {
  image: { id: "0b0e6a5e-1111-4111-8111-111111111111", name: "Trinity 2.15 for class" },
  status: "awaiting-approval",
  provider: "jetstream",
  project: { id: "9a7b4f5c8d1e2f3a4b5c6d7e5f1f3a0a", name: "astro-lab" },
  requester: { userId: "1d2e3f4a5b6c7d8e9f0a1b2c3d4e5f6a", userName: "alice" },
  reason: "Used in a published course.",
  askedAt: "2026-11-27T12:00:00.000Z",
  decision: null,
  publicSince: null,
} satisfies z.input<typeof publicity>;
