// The trust: made while the caller's token is in hand, so that the work can go on without it.
import { type Cloud, OpenStackFault, type Token } from "../openstack/index.ts";
import { withOurCredential } from "../providers/own-credential.ts";
import type { Provider } from "../providers/provider.ts";
import type { AccountEntry, TrustEntry } from "./ledger-entry.ts";
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

export type Delegation = { readonly entry: TrustEntry | AccountEntry } | { readonly refused: Problem };

interface Delegating {
  readonly cloud: Cloud;
  readonly token: Token;
  readonly userId: string;
  readonly projectId: string;
  bounded?(cloud: Cloud): Cloud;
}

interface Wish {
  readonly requestId: string;
  readonly mark: string;
  readonly approvalDeadlineMs: number;
  readonly nowMs: number;
}

/** Faults other than a clear no are thrown. */
export async function delegate(provider: Provider, caller: Delegating, wish: Wish): Promise<Delegation> {
  const { token } = caller;
  const why = cannotDelegate(token);
  if (why) return (await onAccount(provider, caller, wish)) ?? refused(why.detail, why.remedy);
  const roles = delegable(token).map(({ name }) => ({ name }));
  const service = await withOurCredential(provider.service.token(), {
    entry: "cloud",
    may: "sign in with its own user",
    refused: ["credentialRevoked", "forbidden", "notFound", "badRequest", "conflict"],
  });
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
      const account = await onAccount(provider, caller, wish);
      if (account) return account;
      const remedy = token.isFederated
        ? "You came through your institution, and your role in the project is that of a group, which cannot be delegated. Ask the support of this cloud to give you the role member in the project itself."
        : "Sign in anew and try again; if it is refused again, ask the support of this cloud.";
      return refused(`Keystone refused the delegation: ${error.detail}`, remedy, error.requestId);
    }
    throw error;
  }
}

/**
 * The operator's account that may do in the project nothing that the caller may not: each of its roles there is one of the caller's. Undefined: there is none.
 * An application credential with access rules never comes so far: Keystone does not validate its token for us (keystone/token/provider.py, validate_token).
 */
async function onAccount(
  provider: Provider,
  { token, projectId, bounded = (cloud) => cloud }: Delegating,
  { mark, nowMs }: Wish,
): Promise<{ entry: AccountEntry } | undefined> {
  const held = new Set(token.roles.map(({ name }) => name.toLowerCase()));
  for (const { name, cloud } of provider.accountsFor(projectId)) {
    const account = await signedIn(bounded(cloud));
    if (account?.project?.id !== projectId || !account.roles.every((role) => held.has(role.name.toLowerCase())))
      continue;
    return { entry: { kind: "account", mark, intentAtMs: nowMs, account: name } };
  }
  return undefined;
}

/** Undefined: the account has no role in the project, or is not let in at all. */
async function signedIn(account: Cloud): Promise<Token | undefined> {
  try {
    return await account.token();
  } catch (error) {
    if (error instanceof OpenStackFault && error.kind === "credentialRevoked") return undefined;
    throw error;
  }
}

export interface NoDelegation {
  readonly detail: string;
  readonly remedy: string;
}

/** What can be told from the token itself; docs/sign-in.md has it as a table. Undefined: Keystone will be asked. */
export function cannotDelegate(
  token: Pick<Token, "isApplicationCredential" | "trustId" | "roles" | "project">,
): NoDelegation | undefined {
  if (!token.project) return { detail: "The token is for no project.", remedy: "Choose a project." };
  if (token.isApplicationCredential) {
    const detail = "Keystone lets no application credential delegate, an unrestricted one neither.";
    return { detail, remedy: "Sign in with your password, or through your institution, and use that token." };
  }
  if (token.trustId) {
    const detail = "This token is itself a delegation (trust), which cannot delegate further.";
    return { detail, remedy: "Use a token that you got by signing in yourself." };
  }
  if (delegable(token).length > 0) return undefined;
  const detail = "The token holds no role that can be delegated: admin is not, and there is no other.";
  return { detail, remedy: "Ask for the role member in the project." };
}

function delegable({ roles }: Pick<Token, "roles">) {
  return roles.filter(({ name }) => name !== neverDelegated);
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
