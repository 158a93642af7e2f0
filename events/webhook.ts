// What a portal's webhook endpoint is sent: Standard Webhooks, signed; the id stands in the header webhook-id and stays the same at every try.
import * as z from "zod";
import { noticeKinds } from "./notice-kinds.ts";

export const webhookPayload = z
  .strictObject({
    type: z.enum([...noticeKinds, "webhook.test"]),
    /** When it came about, ISO. */
    timestamp: z.string(),
    data: z.record(z.string(), z.string()),
  })
  .meta({ id: "WebhookPayload" });

export type WebhookPayload = z.output<typeof webhookPayload>;

/** `data` always names provider and project; the rest goes by the type. Ids, times, statuses, numbers: nothing of a person but ids. */
export const webhookPayloadExample = {
  type: "image-request.completed",
  timestamp: "2026-11-23T09:04:10.000Z",
  data: {
    provider: "jetstream",
    projectId: "6f70656e737461636b20342065766572",
    requestId: "5e6f3a52-7d1c-5a0e-9c1b-0d8f5b6a7c21",
    serverId: "11111111-1111-4111-8111-111111111111",
    imageId: "0b0e6a5e-1111-4111-8111-111111111111",
  },
} satisfies z.input<typeof webhookPayload>;
