// What a requester answers when a request asks: about secrets in the image, or whether it is as wanted.
import * as z from "zod";
import { distinct, guestPath, paragraph } from "./text.ts";

/** POST /v1/image-requests/{id}/answer: to the question that the request shows. */
export const answerBody = z.union(
  [
    z.strictObject({
      /** What is to go as well. */
      excludePaths: distinct(guestPath, 500).default([]),
      /** What may stay: the requester knows of it. */
      acknowledgedSecrets: distinct(guestPath, 500).default([]),
    }),
    z.strictObject({ review: z.enum(["accept", "reject"]), reason: paragraph(2000).default("") }),
  ],
  "must hold excludePaths and acknowledgedSecrets, or review",
);

export const answerExample = {
  excludePaths: ["/opt/tool/deploy-key.pem"],
  acknowledgedSecrets: ["/etc/ssl/private/ssl-cert-snakeoil.key"],
} satisfies z.input<typeof answerBody>;
