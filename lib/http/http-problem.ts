// An HTTP answer that says no: problem+json with its status and headers, thrown from wherever it is found out.
import type { OpenStackFault } from "../openstack/index.ts";
import { type FieldError, type Problem, problem } from "../requests/problem.ts";
import { serviceNames } from "../workflow/fault-outcome.ts";

export class HttpProblem extends Error {
  readonly status: number;
  readonly problem: Problem;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, content: Problem, headers: Record<string, string> = {}) {
    super(content.detail);
    this.status = status;
    this.problem = content;
    this.headers = headers;
  }
}

/** Every wrong field at once. `where` the fields stand: the body, the query. */
export function invalid(errors: readonly FieldError[], where: "body" | "query" | "headers" = "body"): HttpProblem {
  const fields = errors.map(({ field }) => field).join(", ");
  return new HttpProblem(
    422,
    problem("invalid", "The request cannot be taken so", `Wrong in the ${where}: ${fields}.`, { errors }),
  );
}

/** The same for a thing that is not there and one of another project: who may not see it learns nothing. */
export function notFound(what: string): HttpProblem {
  return new HttpProblem(404, problem("not-found", "Not found", `There is no ${what} of this id for you.`));
}

export function conflict(kind: string, detail: string, remedy: string): HttpProblem {
  return new HttpProblem(409, problem(kind, "Not possible now", detail, { remedy }));
}

/** Whoever believes a cloud that says "tomorrow" comes back too late. */
const maxRetryAfterSeconds = 15 * 60;

/** What a cloud's fault is to a caller at the door. Undefined: an error of ours. */
export function problemOfFault(fault: OpenStackFault): HttpProblem {
  const service = serviceNames[fault.service];
  const trace = { service, ...(fault.requestId && { openstackRequestId: fault.requestId }) };
  switch (fault.kind) {
    case "unavailable":
    case "throttled":
    case "unexpectedShape": {
      const retryAfter = String(Math.min(Math.ceil(fault.retryAfterSeconds ?? 30), maxRetryAfterSeconds));
      const content = problem(
        "service-unavailable",
        `${service} does not answer`,
        `${service} gave no usable answer: ${fault.detail}`,
        {
          ...trace,
          remedy: wasBegun(fault)
            ? "It may have been done all the same: look before you try again."
            : "Nothing was begun. Try again later.",
        },
      );
      return new HttpProblem(503, content, { "retry-after": retryAfter });
    }
    case "credentialRevoked":
      return unauthorized("Keystone does not accept this token: it has expired, or it is of another cloud.");
    default: {
      const status = { notFound: 404, conflict: 409, overQuota: 409, forbidden: 403, badRequest: 422 }[fault.kind];
      return new HttpProblem(
        status,
        problem(`${service.toLowerCase()}-refused`, `${service} refused`, fault.detail, trace),
      );
    }
  }
}

/** A change of an image is one call to Glance: where its answer is lost, nobody knows. What a request begins is taken back. */
function wasBegun({ service, method, outcomeKnown }: OpenStackFault): boolean {
  return service === "image" && method !== "GET" && !outcomeKnown;
}

export function unauthorized(detail: string): HttpProblem {
  const content = problem("unauthorized", "A Keystone token is needed", detail, {
    remedy: "Send a token that is scoped to your project in X-Auth-Token.",
  });
  return new HttpProblem(401, content, { "www-authenticate": "Keystone" });
}
