// GET /health
import * as z from "zod";
import { defineOperation } from "../operation.ts";

export const getHealth = defineOperation({
  id: "get-health",
  method: "GET",
  path: "/health",
  tag: "Service",
  summary: "Can this installation take requests?",
  description: "It reads its configuration and its table; clouds are not asked.",
  caller: "anybody",
  answers: {
    200: {
      description: "Yes",
      schema: z.strictObject({ status: z.literal("ok"), providers: z.array(z.string()) }),
      example: { status: "ok", providers: ["jetstream"] },
    },
  },
  problems: [503],
  examples: {},
});
