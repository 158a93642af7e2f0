// GET /v1/openapi.json
import * as z from "zod";
import { defineOperation } from "../operation.ts";

export const getOpenapi = defineOperation({
  id: "get-openapi",
  method: "GET",
  path: "/v1/openapi.json",
  tag: "Service",
  summary: "This interface as OpenAPI 3.1",
  caller: "anybody",
  answers: {
    200: {
      description: "Made from what validates every call",
      schema: z.looseObject({ openapi: z.string(), paths: z.record(z.string(), z.unknown()) }),
      example: { openapi: "3.1.1", info: { title: "Darkroom", version: "0.1.0" }, paths: {} },
    },
  },
  examples: {},
});
