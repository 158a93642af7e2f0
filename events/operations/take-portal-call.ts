// POST /v1/hooks/portals/{portal}
import * as z from "zod";
import { defineOperation } from "../operation.ts";
import { portalCall, portalCallExample } from "../portal-call.ts";
import { requestRepresentationExample } from "../request-representation.ts";

export const takePortalCall = defineOperation({
  id: "take-portal-call",
  method: "POST",
  path: "/v1/hooks/portals/{portal}",
  tag: "Hooks",
  summary: "A portal or a CI has an image made",
  description:
    "Starts the request that the policy file has for this portal, as the user whom it names. Of the body only the values are read that may be given. Signed as Standard Webhooks says; the same webhook-id again is the same request, so that a delivery may be repeated.",
  caller: "secret",
  headers: {
    "webhook-id": "of this delivery; the same when it is sent again",
    "webhook-timestamp": "when it was sent, in seconds; five minutes of difference are tolerated",
    "webhook-signature": "`v1,` and the base64 of the HMAC-SHA256",
  },
  body: portalCall,
  answers: {
    202: {
      description: "Taken; `again`: an earlier delivery of the same webhook-id was taken before",
      schema: z.strictObject({ id: z.string(), status: z.string(), again: z.boolean() }),
      example: { id: requestRepresentationExample.id, status: "running", again: false },
    },
  },
  problems: [403, 409, 503],
  examples: { params: { portal: "nightly" }, body: portalCallExample },
});
