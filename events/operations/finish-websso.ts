// POST /v1/tokens/websso/callback
import { defineOperation } from "../operation.ts";

export const finishWebsso = defineOperation({
  id: "finish-websso",
  method: "POST",
  path: "/v1/tokens/websso/callback",
  tag: "Signing in",
  summary: "Where Keystone's page posts the token of an identity provider's user",
  description:
    "A form with the field `token`, sent by the browser. Answered with a page that hands the token to the window's opener, or shows it to be copied where there is none.",
  caller: "anybody",
  looksOnly: true,
  answers: { 200: { description: "A page", contentType: "text/html" } },
  problems: [400, 413, 415],
  examples: {},
});
