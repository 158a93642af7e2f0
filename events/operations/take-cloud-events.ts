// POST /v1/hooks/clouds/{provider}
import * as z from "zod";
import { bridgeEventExample, cloudEvents } from "../cloud-event.ts";
import { defineOperation } from "../operation.ts";

export const takeCloudEvents = defineOperation({
  id: "take-cloud-events",
  method: "POST",
  path: "/v1/hooks/clouds/{provider}",
  tag: "Hooks",
  summary: "A cloud tells what happened in it",
  description:
    "Events of Nova and Glance from the event bridge, from Ceilometer's HTTP publisher, or an Aodh alarm about one. An event is a hint: the request that it concerns is looked at at once, and nothing is taken from it. The rest is forgotten. Signed as Standard Webhooks says with the provider's eventSecret; senders that cannot sign bring the secret as the password of basic authentication.",
  caller: "secret",
  looksOnly: true,
  headers: {
    "webhook-id": "of this delivery",
    "webhook-timestamp": "when it was sent, in seconds; five minutes of difference are tolerated",
    "webhook-signature": "`v1,` and the base64 of the HMAC-SHA256",
    Authorization: "in place of the three: Basic or Bearer with the secret itself",
  },
  body: cloudEvents,
  maxBodyBytes: 1024 * 1024,
  answers: {
    202: {
      description: "Taken; `looks`: how many requests are looked at now",
      schema: z.strictObject({ looks: z.int().nonnegative() }),
      example: { looks: 1 },
    },
  },
  examples: { params: { provider: "jetstream" }, body: [bridgeEventExample] },
});
