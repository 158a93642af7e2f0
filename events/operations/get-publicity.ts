// GET /v1/images/{id}/publicity
import { defineOperation } from "../operation.ts";
import { publicity, publicityExample } from "../sharing.ts";

export const getPublicity = defineOperation({
  id: "get-publicity",
  method: "GET",
  path: "/v1/images/{id}/publicity",
  tag: "Sharing",
  summary: "Whether an image that was to be public is, waits, or was denied, and why",
  description: "For the project that asked, and for staff.",
  caller: "token",
  answers: { 200: { description: "Where the question stands", schema: publicity, example: publicityExample } },
  problems: [404],
  examples: { params: { id: publicityExample.image.id } },
});
