// POST /v1/images/{id}/keep
import { defineOperation } from "../operation.ts";
import { kept } from "../tidying.ts";

export const keepImage = defineOperation({
  id: "keep-image",
  method: "POST",
  path: "/v1/images/{id}/keep",
  tag: "Images",
  summary: "Keep an image that is to be tidied away",
  description:
    "For the project whose image it is, until the moment of its deletion. Hidden or put out of use by Darkroom it is shown and in use again, an expiry date that was set on it is taken off, and nobody asks " +
    "again for as long as the provider lets a snapshot be unused. Said in advance it holds as well. To keep one for good, give it the provider's tag.",
  caller: "token",
  answers: {
    200: {
      description: "It is kept",
      schema: kept,
      example: {
        imageId: "5b7f2a2e-3f0e-4f0a-9c55-0d6f0c2b7d11",
        keptUntil: "2027-05-26T09:00:00.000Z",
        hidden: false,
      },
    },
  },
  problems: [404, 409],
  examples: { params: { id: "5b7f2a2e-3f0e-4f0a-9c55-0d6f0c2b7d11" } },
});
