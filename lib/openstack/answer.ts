// Reads the body of a successful answer by a schema; what does not fit is a fault that says where.
import type * as z from "zod";
import { OpenStackFault } from "./faults.ts";
import type { Answered } from "./http.ts";
import { type Call, requestIdOf } from "./retry.ts";

/** @throws OpenStackFault `unexpectedShape` with the path inside the answer. A write whose answer cannot be read may have been performed. */
export function readBody<T>(call: Call, answer: Answered, schema: z.ZodType<T>): T {
  const misread = (detail: string, shapePath: string) =>
    new OpenStackFault({
      kind: "unexpectedShape",
      service: call.service,
      method: call.method,
      path: call.path,
      status: answer.status,
      requestId: requestIdOf(answer.headers),
      detail,
      shapePath,
      outcomeKnown: call.repeatable,
    });
  let json: unknown;
  try {
    json = JSON.parse(answer.text);
  } catch {
    throw misread(`the answer is no JSON but ${String(answer.headers["content-type"] ?? "of no type")}`, "");
  }
  const read = schema.safeParse(json);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const path = (issue?.path ?? []).map(String).join(".");
  const words = issue?.message
    .replace(/, received undefined$/, ", there is none")
    .replace(/, received null$/, ", it is empty");
  throw misread(`${path || "the answer"}: ${words ?? "not understood"}`, path);
}
