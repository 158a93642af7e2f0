// Versions of what is shown (RFC 9110, 8.8.3 and 13): nobody fetches again what they have, and nobody writes over what they have not seen.
import { createHash } from "node:crypto";
import type { APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { problem } from "../requests/problem.ts";
import { HttpProblem } from "./http-problem.ts";

/** Strong: of the text that is sent, to the byte. */
export function etagOf(text: string): string {
  return `"${createHash("sha256").update(text).digest("base64url").slice(0, 32)}"`;
}

/**
 * Throws 412 where the caller's `If-Match` is of another state than `shown`, which is what a GET of the same thing answers now.
 * Without the header, or with `*`, whatever is there is meant.
 */
export function requireMatch(ifMatch: string | undefined, shown: unknown): void {
  if (ifMatch === undefined || ifMatch.trim() === "*") return;
  const current = etagOf(JSON.stringify(shown));
  // A weak one never matches here: RFC 9110, 13.1.1.
  if (namedIn(ifMatch).includes(current)) return;
  throw new HttpProblem(
    412,
    problem("changed-meanwhile", "Changed meanwhile", "It is no longer as it was when you read it.", {
      remedy: "Read it again, look at what changed, and send your change with the new ETag in If-Match.",
    }),
    { etag: current },
  );
}

/** Every 200 to a GET has an ETag; the caller who has that very text already gets 304 and no body. */
export function answeredOnce(
  ifNoneMatch: string | undefined,
  given: APIGatewayProxyStructuredResultV2,
): APIGatewayProxyStructuredResultV2 {
  if (given.statusCode !== 200 || given.body === undefined) return given;
  const etag = etagOf(given.body);
  const headers = { ...given.headers, etag };
  if (ifNoneMatch === undefined || !isNamed(ifNoneMatch, etag)) return { ...given, headers };
  const { "content-type": _type, "content-encoding": _encoding, ...others } = headers as Record<string, string>;
  return { statusCode: 304, headers: others };
}

/** Compared weakly: RFC 9110, 13.1.2. */
function isNamed(ifNoneMatch: string, etag: string): boolean {
  if (ifNoneMatch.trim() === "*") return true;
  return namedIn(ifNoneMatch).some((named) => named.replace(/^W\//, "") === etag);
}

function namedIn(list: string): string[] {
  return list.match(/(W\/)?"[^"]*"/g) ?? [];
}
