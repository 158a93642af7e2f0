// A webhook endpoint, and what became of what was sent to it, as callers see them.
import * as z from "zod";
import { noticeKinds } from "./notice-kinds.ts";
import { distinct, paragraph } from "./text.ts";

const at = z.string();

export const webhookBody = z.strictObject({
  /** https, a host of the public internet, no user and no password. */
  url: z.string().min(1, "must not be empty").max(2000, "must have at most 2000 characters"),
  description: paragraph(200).default(""),
  /** Kinds of notices that it wants; empty: all, those of the future too. */
  types: distinct(z.enum(noticeKinds), noticeKinds.length).default([]),
});

export const webhookBodyExample = {
  url: "https://portal.example.org/darkroom",
  types: ["image-request.completed", "image-request.failed"],
} satisfies z.input<typeof webhookBody>;

export const webhookRepresentation = z
  .strictObject({
    id: z.string(),
    url: z.string(),
    description: z.string(),
    types: z.array(z.string()),
    createdAt: at,
    createdBy: z.string(),
    /** It is called no more: why. */
    disabled: z.strictObject({ at, why: z.string() }).nullable(),
    /** Until then what is sent is signed with the secret before, too. */
    earlierSecretUntil: at.nullable(),
  })
  .meta({ id: "Webhook" });

export const webhookExample = {
  id: "3a1f7c52-5a0e-4c1b-8d8f-5b6a7c217d1c",
  url: webhookBodyExample.url,
  description: "",
  types: ["image-request.completed", "image-request.failed"],
  createdAt: "2026-11-23T09:00:00.000Z",
  createdBy: "0123456789abcdef0123456789abcdef",
  disabled: null,
  earlierSecretUntil: null,
} satisfies z.input<typeof webhookRepresentation>;

/** Shown once, and never again. */
export const webhookWithSecret = webhookRepresentation.extend({ secret: z.string() }).meta({ id: "WebhookWithSecret" });

export const webhookWithSecretExample = {
  ...webhookExample,
  secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
} satisfies z.input<typeof webhookWithSecret>;

export const deliveryRepresentation = z
  .strictObject({
    /** What the receiver reads in the header webhook-id. */
    messageId: z.string(),
    type: z.string(),
    status: z.enum(["waiting", "trying", "delivered", "failed"]),
    attempts: z.int(),
    createdAt: at,
    nextAt: at.nullable(),
    endedAt: at.nullable(),
    tries: z.array(
      z.strictObject({
        at,
        tookMs: z.number().nullable(),
        /** The HTTP status, where there was an answer. */
        status: z.int().nullable(),
        problem: z.string().nullable(),
      }),
    ),
  })
  .meta({ id: "WebhookDelivery" });

export const deliveryExample = {
  messageId: "5e6f3a52-7d1c-5a0e-9c1b-0d8f5b6a7c21-4",
  type: "image-request.completed",
  status: "delivered",
  attempts: 1,
  createdAt: "2026-11-23T09:04:10.000Z",
  nextAt: null,
  endedAt: "2026-11-23T09:04:10.312Z",
  tries: [{ at: "2026-11-23T09:04:10.100Z", tookMs: 212, status: 204, problem: null }],
} satisfies z.input<typeof deliveryRepresentation>;
