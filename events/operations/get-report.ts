// GET /v1/image-requests/{id}/report
import * as z from "zod";
import { defineOperation } from "../operation.ts";
import { requestRepresentationExample } from "../request-representation.ts";

const finding = z.strictObject({ code: z.string(), detail: z.string() });

/** Of one run in a guest. The report's fields: lib/guest/report.ts. */
const evidence = z.strictObject({
  at: z.string(),
  imageId: z.string(),
  report: z.looseObject({}).nullable(),
  /** Of `verify` only. */
  verdict: z.strictObject({ sound: z.boolean(), stops: z.array(finding), warnings: z.array(finding) }).nullable(),
  consoleEnd: z.string(),
});

export const getReport = defineOperation({
  id: "get-report",
  method: "GET",
  path: "/v1/image-requests/{id}/report",
  tag: "Image requests",
  summary: "What was removed from the image and how it was proven, with the consoles' ends",
  caller: "token",
  answers: {
    200: {
      description: "`clean` and `verify` are null where no guest ran for them so far",
      schema: z.strictObject({ id: z.string(), clean: evidence.nullable(), verify: evidence.nullable() }),
      example: { id: requestRepresentationExample.id, clean: null, verify: null },
    },
  },
  problems: [404],
  examples: { params: { id: requestRepresentationExample.id } },
});
