// GET /docs/{file}
import { defineOperation } from "../operation.ts";

export const getDocsFile = defineOperation({
  id: "get-docs-file",
  method: "GET",
  path: "/docs/{file}",
  tag: "Service",
  summary: "What the page at /docs loads",
  caller: "anybody",
  answers: { 200: { description: "A script or a style sheet", contentType: "text/javascript" } },
  problems: [404],
  examples: { params: { file: "start.js" } },
});
