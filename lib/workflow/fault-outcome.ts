// What a cloud's refusal or silence means for a step that did not expect it: wait, or end with words that people understand.
import type { OpenStackFault } from "../openstack/index.ts";
import { type Problem, problem } from "../requests/problem.ts";
import { refuse, type StepOutcome, type Wait, wait } from "./outcome.ts";

/** The names that people know the services by. */
export const serviceNames = { identity: "Keystone", compute: "Nova", image: "Glance", volume: "Cinder" } as const;

/** A page of a proxy, an answer cut in the middle: for so long it may pass by itself, then a person must look. */
const garbledPatienceMs = 10 * 60_000;

/** No cloud's word keeps an owner's server stopped for longer without another look. */
const maxRetryAfterMs = 15 * 60_000;

/** The fault's kind decides, never its status code. `sinceMs`: since when the same has been seen, for the requester. */
export function outcomeOfFault(fault: OpenStackFault, outagePatienceMs: number, sinceMs: number): StepOutcome {
  const service = serviceNames[fault.service];
  const since = new Date(sinceMs).toISOString();
  const trace = { service, ...(fault.requestId && { openstackRequestId: fault.requestId }) };
  switch (fault.kind) {
    case "unavailable":
    case "throttled": {
      const what = fault.kind === "throttled" ? "asks us to slow down" : "does not answer";
      return wait(`${service} ${what}`, {
        evidence: outageEvidence(fault),
        patienceMs: outagePatienceMs,
        outage: true,
        ...(fault.retryAfterSeconds !== undefined && { againInMs: believedMs(fault.retryAfterSeconds), rests: true }),
        givingUp: problem(
          "service-unavailable",
          `${service} is down`,
          `${service} has not answered since ${since}: ${fault.detail}.`,
          {
            ...trace,
            remedy: "Ask again once the cloud is well.",
          },
        ),
      });
    }
    case "conflict":
      return wait(`${service} is not ready for it: ${fault.detail}`, { givingUp: refused(fault, trace) });
    case "credentialRevoked":
      return refuse(
        problem(
          "delegation-revoked",
          "We may no longer act for you",
          `${service} no longer accepts the delegation (trust) that you gave with this request: it was deleted, or you lost your role in the project.`,
          { ...trace, remedy: "Ask again with a new token of the project." },
        ),
      );
    case "overQuota":
      return refuse(
        problem("over-quota", "The project's quota is used up", `${service} has no room: ${fault.detail}`, {
          ...trace,
          remedy: "Delete what the project no longer needs, or ask for more quota; then ask again.",
        }),
      );
    case "unexpectedShape":
      return wait(`${service} answers what nobody understands`, {
        evidence: outageEvidence(fault),
        patienceMs: Math.min(garbledPatienceMs, outagePatienceMs),
        givingUp: refused(fault, trace),
      });
    case "notFound":
    case "forbidden":
    case "badRequest":
      return refuse(refused(fault, trace));
  }
}

/** Keystone lets neither the delegation nor ourselves in: an outage that the operator must end, and nothing that the requester did. */
export function outcomeOfNotLetIn(fault: OpenStackFault, outagePatienceMs: number, sinceMs: number): Wait {
  const service = serviceNames.identity;
  return wait("Keystone does not let Darkroom's own user in", {
    evidence: notLetInEvidence,
    patienceMs: outagePatienceMs,
    outage: true,
    givingUp: problem(
      "service-unavailable",
      "Darkroom cannot sign in",
      `Keystone has not let Darkroom's own user in since ${new Date(sinceMs).toISOString()}: ${fault.detail}`,
      {
        service,
        ...(fault.requestId && { openstackRequestId: fault.requestId }),
        remedy:
          "The operator of Darkroom must look at its configuration: tell the support of this cloud. Then ask again.",
      },
    ),
  });
}

/** What `waiting.evidence` says while `release` asks again with a delegation that was refused. */
export const revokedEvidence = "urn:darkroom:problem:delegation-revoked";

export const notLetInEvidence = "not let in";

/** What `waiting.evidence` says during an outage; so the time of its begin is known at the next look. */
export function outageEvidence(fault: OpenStackFault): string {
  return `${fault.kind}: ${fault.service}`;
}

function believedMs(retryAfterSeconds: number): number {
  return Math.min(retryAfterSeconds * 1000, maxRetryAfterMs);
}

function refused(fault: OpenStackFault, trace: Pick<Problem, "service" | "openstackRequestId">): Problem {
  const service = serviceNames[fault.service];
  return problem(
    `${service.toLowerCase()}-refused`,
    `${service} refused`,
    `${service} refused ${fault.method} ${fault.path}: ${fault.detail}`,
    {
      ...trace,
      remedy: "Tell the support of this cloud, with OpenStack's request id.",
    },
  );
}
