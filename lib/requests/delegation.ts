// The trust: made while the caller's token is in hand, so that the work can go on without it.
import { log } from "../log.ts";
import { type Cloud, OpenStackFault, type Token } from "../openstack/index.ts";
import type { Provider } from "../providers/provider.ts";
import type { TrustEntry } from "./ledger-entry.ts";
import { type Problem, problem } from "./problem.ts";

/** What our trusts carry, so that those of no request can be found. Keystone keeps attributes that it does not know (measured on Zed). */
export const trustAttributes = {
  mark: "darkroom_mark",
  request: "darkroom_request",
  createdAt: "darkroom_created_at",
} as const;

/** Never delegated: what a request needs, a member may do. */
const neverDelegated = "admin";

/** Beyond the approval's deadline, the work itself may take so long: three days, and two weeks in which the requester is asked. */
const workMs = 17 * 86_400_000;

/** When the delegation ends. */
export function workEndMs({ approvalDeadline }: { approvalDeadline: string }): number {
  return Date.parse(approvalDeadline) + workMs;
}

export type Delegation = { readonly entry: TrustEntry } | { readonly refused: Problem };

/** Faults other than a clear no are thrown. */
export async function delegate(
  provider: Provider,
  caller: { cloud: Cloud; token: Token; userId: string; projectId: string },
  wish: { requestId: string; mark: string; approvalDeadlineMs: number; nowMs: number },
): Promise<Delegation> {
  const { token } = caller;
  if (token.isApplicationCredential)
    return refused(
      "Keystone lets no application credential delegate.",
      "Sign in with your password, or through your institution, and use that token.",
    );
  if (token.trustId)
    return refused(
      "This token is itself a delegation (trust), which cannot delegate further.",
      "Use a token that you got by signing in yourself.",
    );
  const roles = token.roles.filter(({ name }) => name !== neverDelegated).map(({ name }) => ({ name }));
  if (roles.length === 0)
    return refused("The token holds no role that can be delegated.", "Ask for the role member in the project.");
  const service = await ourUser(provider);
  try {
    const trust = await caller.cloud.identity.createTrust({
      trustorUserId: caller.userId,
      trusteeUserId: service.user.id,
      projectId: caller.projectId,
      roles,
      expiresAt: new Date(wish.approvalDeadlineMs + workMs).toISOString(),
      extra: {
        [trustAttributes.mark]: wish.mark,
        [trustAttributes.request]: wish.requestId,
        [trustAttributes.createdAt]: new Date(wish.nowMs).toISOString(),
      },
    });
    return { entry: { kind: "trust", mark: wish.mark, intentAtMs: wish.nowMs, trustId: trust.id } };
  } catch (error) {
    if (error instanceof OpenStackFault && ["forbidden", "notFound", "badRequest"].includes(error.kind)) {
      return refused(
        `Keystone refused the delegation: ${error.detail}`,
        "Use a token of a user whose role in the project was assigned, not mapped at sign-in; or ask the support of this cloud.",
        error.requestId,
      );
    }
    throw error;
  }
}

/** That Keystone does not accept *us* is nothing that the caller could mend: they must not be told that their token is wrong. */
async function ourUser(provider: Provider): Promise<Token> {
  try {
    return await provider.service.token();
  } catch (error) {
    if (!(error instanceof OpenStackFault) || ["unavailable", "throttled"].includes(error.kind)) throw error;
    log.error("the service user cannot sign in", { provider: provider.name, fault: error.message });
    const { service, method, path, status, requestId } = error;
    const detail = "it does not let Darkroom's own user in; the operator of Darkroom must look at its configuration";
    throw new OpenStackFault({ kind: "unavailable", service, method, path, status, requestId, detail, cause: error });
  }
}

function refused(detail: string, remedy: string, openstackRequestId?: string): { refused: Problem } {
  return {
    refused: problem("cannot-delegate", "You cannot delegate with this token", detail, {
      remedy,
      errors: [{ field: "X-Auth-Token", detail }],
      ...(openstackRequestId && { openstackRequestId }),
    }),
  };
}
