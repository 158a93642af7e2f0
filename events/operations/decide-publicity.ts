// POST /v1/images/{id}/publicity/decision
import { decisionBody, decisionExample } from "../decision.ts";
import { defineOperation } from "../operation.ts";
import { publicity, publicityExample } from "../sharing.ts";

export const decidePublicity = defineOperation({
  id: "decide-publicity",
  method: "POST",
  path: "/v1/images/{id}/publicity/decision",
  tag: "Staff",
  summary: "Let an image be public, or not",
  description:
    "Staff of the provider only; who decides is recorded. The status `approved` means that Glance could not be told at once: it is told again until it takes it.",
  caller: "token",
  body: decisionBody,
  answers: { 200: { description: "Decided", schema: publicity, example: publicityExample } },
  problems: [404, 409],
  examples: { params: { id: publicityExample.image.id }, body: decisionExample },
});
