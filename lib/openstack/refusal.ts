// Makes a fault of an answer that is no success: its kind, the cloud's own words, and the state that stands in the way.
import { type ConflictReason, type FaultKind, OpenStackFault } from "./faults.ts";
import type { Answered, Unanswered } from "./http.ts";
import { type Call, isThrottled, requestIdOf, retryAfterSeconds } from "./retry.ts";
import { withoutTrusts } from "./shown.ts";

/**
 * @param now milliseconds since 1970, to count `Retry-After` from.
 * @param knownKind where the call itself knows better than the status.
 */
export function refusal(call: Call, answer: Answered, now: number, knownKind?: FaultKind): OpenStackFault {
  const { status, headers } = answer;
  const words = redacted(cloudsWords(answer), call);
  const redirect = status >= 300 && status < 400 ? `a redirect to ${headers.location ?? "nowhere"}, not followed` : "";
  const kind = knownKind ?? kindOf(call, answer, words, now);
  return new OpenStackFault({
    ...identified(call),
    kind,
    status,
    requestId: requestIdOf(headers),
    detail: redirect || words || `status ${status} without a word`,
    retryAfterSeconds: retryAfterSeconds(headers, now),
    outcomeKnown: kind === "overQuota" || outcomeKnown(call, status, retryAfterSeconds(headers, now)),
    reason: kind === "conflict" ? conflictReason(words) : undefined,
  });
}

/** A call that nobody answered. */
export function silence(call: Call, outcome: Unanswered): OpenStackFault {
  return new OpenStackFault({
    ...identified(call),
    kind: outcome.why === "tooLong" ? "unexpectedShape" : "unavailable",
    detail: redacted(outcome.detail, call),
    outcomeKnown: call.repeatable || !outcome.sent,
    cause: outcome.cause,
  });
}

const identified = ({ service, method, path }: Call) => ({ service, method, path });

function kindOf(call: Call, { status, headers }: Answered, words: string, now: number): FaultKind {
  if (isThrottled(status, headers, now)) return "throttled";
  if (status === 401) return "credentialRevoked";
  if (status === 403) return isAboutQuota(words) ? "overQuota" : "forbidden";
  if (status === 404 || status === 410) return "notFound";
  if (status === 406) return "unexpectedShape";
  if (status === 409 || status === 412) return "conflict";
  if (status === 408) return "unavailable"; // a proxy, or the service, did not get the whole request in time
  if (status === 413) return call.service === "identity" ? "badRequest" : "overQuota";
  if (status === 501 || (status >= 400 && status < 500)) return "badRequest";
  if (isGlancesQuota(call, words)) return "overQuota";
  return status >= 500 ? "unavailable" : "unexpectedShape";
}

/**
 * Nova refuses with 403 both for roles and for quotas (nova/api/openstack/compute/servers.py: OverQuota -> HTTPForbidden); only the words differ
 * (nova/exception.py): `Quota exceeded for instances: Requested 1, …`, `Maximum number of metadata items exceeds 128`. A policy's name may hold "quota" too.
 */
function isAboutQuota(words: string): boolean {
  return /quota exceeded|exceed\w*[^.]{0,40}\bquota|(?:maximum number|limit)[^.]{0,60}exceed/i.test(words);
}

/**
 * When Glance's quota is full, Nova's createImage answers 500 with the name of an exception that it does not catch (nova/image/glance.py: HTTPOverLimit ->
 * ImageQuotaExceeded, and nothing in servers.py, _action_create_image): Glance refused the record, so nothing was begun.
 */
function isGlancesQuota(call: Call, words: string): boolean {
  return call.service === "compute" && /\bImageQuotaExceeded\b/.test(words);
}

/**
 * A 503 that says when to come back was written by somebody who did not do the work; of any other server's error nobody knows how far it got.
 */
function outcomeKnown(call: Call, status: number, retryAfter: number | undefined): boolean {
  if (call.repeatable || status < 500 || status === 501) return true;
  return status === 503 && retryAfter !== undefined;
}

/**
 * Nova (nova/api/openstack/common.py, raise_http_conflict_for_instance_invalid_state): `Cannot 'stop' instance ID while it is in vm_state stopped`; measured
 * on Zed: `Instance ID is locked`. Glance (glance/api/v2/images.py, image_members.py): `Image ID could not be deleted because it is in use: …`;
 * `Member ID is duplicated for image ID`.
 */
function conflictReason(words: string): ConflictReason | undefined {
  const state = /while it is in (task_state|vm_state|power_state) ([\w-]+)/.exec(words);
  if (state?.[1] === "task_state" && state[2]) return { taskState: state[2] };
  if (state?.[1] === "vm_state" && state[2]) return { vmState: state[2] };
  if (state?.[2]) return { powerState: state[2] };
  if (/\bis locked\b/i.test(words)) return { locked: true };
  if (/\bin use\b/i.test(words)) return { inUse: true };
  return /already exists|duplicate/i.test(words) ? { duplicate: true } : undefined;
}

const maxWords = 500;

/** Keystone `{error:{message}}`, Nova and Cinder `{conflictingRequest:{message}}`, Glance `{message, code: "409 Conflict"}` or HTML, proxies anything. */
function cloudsWords({ text, headers }: Answered): string {
  const shown = text.slice(0, 64 * 1024);
  const html = String(headers["content-type"] ?? "").includes("html");
  return (html ? plain(shown.replace(/<head[\s>][\s\S]*?<\/head>|<h1>.*?<\/h1>/gi, " ")) : plain(messageIn(shown)))
    .slice(0, maxWords)
    .trim();
}

function messageIn(text: string): string {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return text;
  }
  const candidates = [parsed, ...(isRecord(parsed) ? Object.values(parsed) : [])].flatMap((part) =>
    Array.isArray(part) ? part : [part],
  );
  for (const candidate of candidates) {
    if (!isRecord(candidate)) continue;
    for (const key of ["message", "detail", "faultstring"]) {
      if (typeof candidate[key] === "string") return candidate[key];
    }
  }
  return text;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function plain(words: string): string {
  return words
    .replace(/<class '([\w.]+)'>/g, "$1") // Python's way to name what Nova did not catch
    .replace(/<(?:style|script)[\s>][\s\S]*?<\/(?:style|script)>/gi, " ")
    .replace(/<[^>]{0,200}>/g, " ")
    .replace(/\s+/g, " ")
    .trim();
}

/** Clouds and proxies repeat what they were sent: nothing of it may reach a log. The second pattern is how Fernet tokens begin. */
function redacted(words: string, call: Call): string {
  let safe = words;
  for (const header of ["x-auth-token", "x-subject-token"]) {
    const secret = call.headers[header];
    if (secret) safe = safe.replaceAll(secret, "[token]");
  }
  return withoutTrusts(safe).replace(/\bgAAAAA[\w-]{8,}={0,2}/g, "[token]");
}
