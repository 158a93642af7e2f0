// POST /v1/tokens
import { defineOperation } from "../operation.ts";
import { signedIn, signedInExample, signInBody, signInExample } from "../sign-in.ts";

export const createToken = defineOperation({
  id: "create-token",
  method: "POST",
  path: "/v1/tokens",
  tag: "Signing in",
  summary: "Sign in at the provider's Keystone, or choose another project",
  description:
    "What is sent goes to Keystone and is kept nowhere; its token is handed back. Tries are limited by address and by name. A refusal never says what was wrong.",
  caller: "anybody",
  looksOnly: true,
  body: signInBody,
  answers: { 201: { description: "Signed in", schema: signedIn, example: signedInExample } },
  problems: [401, 503],
  examples: { body: signInExample },
});
