// POST /v1/preflights
import * as z from "zod";
import { imageRequestBody, imageRequestExample } from "../image-request.ts";
import { obstacle } from "../obstacle.ts";
import { defineOperation } from "../operation.ts";

export const createPreflight = defineOperation({
  id: "create-preflight",
  method: "POST",
  path: "/v1/preflights",
  tag: "Image requests",
  summary: "Everything that stands in the way of a request, before anything is touched",
  caller: "token",
  looksOnly: true,
  body: imageRequestBody,
  answers: {
    200: {
      description: "Every obstacle at once, each with its remedy",
      schema: z.strictObject({
        ready: z.boolean(),
        obstacles: z.array(obstacle),
        server: z.strictObject({ id: z.string(), name: z.string(), status: z.string() }).nullable(),
        approval: z.strictObject({ needed: z.array(z.string()) }),
      }),
      example: {
        ready: true,
        obstacles: [],
        server: { id: imageRequestExample.serverId, name: "assembly-1", status: "ACTIVE" },
        approval: { needed: [] },
      },
    },
  },
  examples: { body: imageRequestExample },
});
