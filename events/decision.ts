// What staff say to a request that waits for them, and what anybody says who cancels one.
import * as z from "zod";
import { paragraph } from "./text.ts";

/** POST /v1/image-requests/{id}/decision. A denial needs a reason: the requester is told it. */
export const decisionBody = z
  .strictObject({
    decision: z.enum(["approve", "deny"]),
    reason: paragraph(2000).default(""),
  })
  .refine((body) => body.decision === "approve" || body.reason !== "", {
    path: ["reason"],
    message: "must say why: the requester is told it",
  });

export const decisionExample = {
  decision: "deny",
  reason: "The base image is past its end of life.",
} satisfies z.input<typeof decisionBody>;

/** POST /v1/image-requests/{id}/cancel. The body may be left out. */
export const cancelBody = z.strictObject({ reason: paragraph(2000).default("") });

export const cancelExample = { reason: "wrong server" } satisfies z.input<typeof cancelBody>;
