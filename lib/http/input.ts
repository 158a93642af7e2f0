// Reading what a caller sent: bounded, parsed, and every wrong field named.
import type { APIGatewayProxyEventV2 } from "aws-lambda";
import type * as z from "zod";
import { type FieldError, problem } from "../requests/problem.ts";
import { HttpProblem, invalid } from "./http-problem.ts";

/** Larger bodies are refused: an image request with every list full is smaller. */
export const maxBodyBytes = 64 * 1024;

/** The JSON of the body; undefined where there is none. Throws 400, 413 or 415. */
export function readJson(event: APIGatewayProxyEventV2, maxBytes = maxBodyBytes): unknown {
  if (!event.body) return undefined;
  const bytes = Buffer.from(event.body, event.isBase64Encoded ? "base64" : "utf8");
  refuseTooLarge(bytes, maxBytes);
  const contentType = event.headers["content-type"] ?? "application/json";
  if (!/^application\/(json|[\w.+-]+\+json)\s*(;|$)/i.test(contentType)) {
    throw new HttpProblem(
      415,
      problem("not-json", "The body must be JSON", `The content type is ${contentType.slice(0, 100)}.`, {
        remedy: "Send application/json.",
      }),
    );
  }
  return notTooDeep(parsed(bytes));
}

export function refuseTooLarge(bytes: Buffer, maxBytes = maxBodyBytes): void {
  if (bytes.length <= maxBytes) return;
  const detail = `The body has ${bytes.length} bytes; ${maxBytes} are allowed.`;
  throw new HttpProblem(413, problem("too-large", "The body is too large", detail));
}

/** No schema of ours is deeper than a few levels; a walk by recursion over what is must not end the stack. */
const maxDepth = 32;

function notTooDeep(json: unknown): unknown {
  let level: unknown[] = [json];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > maxDepth) throw invalid([{ field: "the whole", detail: `is nested deeper than ${maxDepth} levels` }]);
    level = level.flatMap((value) => (typeof value === "object" && value !== null ? Object.values(value) : []));
  }
  return json;
}

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    throw new HttpProblem(
      400,
      problem("not-json", "The body must be JSON", `The body is no JSON in UTF-8: ${(error as Error).message}`),
    );
  }
}

/** Throws 422 that names every wrong field. */
export function parseWith<Schema extends z.ZodType>(
  schema: Schema,
  input: unknown,
  where: "body" | "query" = "body",
): z.output<Schema> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw invalid(parsed.error.issues.flatMap(fieldErrors).slice(0, maxErrors), where);
}

/** More do not help a person. */
const maxErrors = 100;

function fieldErrors(issue: z.core.$ZodIssue): FieldError[] {
  const path = fieldName(issue.path);
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({
      field: path ? `${path}.${key.slice(0, 100)}` : key.slice(0, 100),
      detail: "is not a field of this request",
    }));
  }
  const missing =
    issue.code === "invalid_type" && issue.input === undefined && issue.message.endsWith("received undefined");
  return [{ field: path || "the whole", detail: missing ? "is missing" : issue.message }];
}

/** `tags[2]`, `share.projects[0]`. */
function fieldName(path: readonly PropertyKey[]): string {
  return path.reduce<string>((name, part) => {
    if (typeof part === "number") return `${name}[${part}]`;
    return name ? `${name}.${String(part)}` : String(part);
  }, "");
}
