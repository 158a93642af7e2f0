// GET /v1/providers
import * as z from "zod";
import { defineOperation } from "../operation.ts";

const provider = z.strictObject({
  name: z.string(),
  visibilities: z.array(z.string()),
  approvalNeededFor: z.array(z.string()),
  approvalDeadlineDays: z.number(),
  license: z.strictObject({ version: z.string(), text: z.string() }),
  supportContact: z.string().nullable(),
});

export const listProviders = defineOperation({
  id: "list-providers",
  method: "GET",
  path: "/v1/providers",
  tag: "Providers",
  summary: "The clouds of this installation and what each allows",
  caller: "anybody",
  answers: {
    200: {
      description: "Each with its policy",
      schema: z.strictObject({ providers: z.array(provider) }),
      example: {
        providers: [
          {
            name: "jetstream",
            visibilities: ["private", "shared"],
            approvalNeededFor: ["shared"],
            approvalDeadlineDays: 14,
            license: { version: "1", text: "The image contains no licence-restricted software." },
            supportContact: "help@example.org",
          },
        ],
      },
    },
  },
  examples: {},
});
