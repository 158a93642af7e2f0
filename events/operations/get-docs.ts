// GET /docs
import { defineOperation } from "../operation.ts";

export const getDocs = defineOperation({
  id: "get-docs",
  method: "GET",
  path: "/docs",
  tag: "Service",
  summary: "This interface for people, to read and to try",
  caller: "anybody",
  answers: { 200: { description: "A page that loads nothing from another host", contentType: "text/html" } },
  examples: {},
});
