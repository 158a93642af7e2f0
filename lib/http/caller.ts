// Who calls: a Keystone token, validated by itself, and what its bearer may do here.
import { createHash } from "node:crypto";
import { type Cloud, OpenStackFault, type Token } from "../openstack/index.ts";
import type { Policy } from "../providers/policy.ts";
import type { Provider } from "../providers/provider.ts";
import type { ImageRequest } from "../requests/image-request.ts";
import { problem } from "../requests/problem.ts";
import { HttpProblem, unauthorized } from "./http-problem.ts";

export interface Caller {
  readonly userId: string;
  readonly userName: string;
  readonly projectId: string;
  readonly projectName: string;
  readonly token: Token;
  /** May decide on this provider: the policy's role on the policy's project. */
  readonly isStaff: boolean;
  /** Holds no role but OpenStack's `reader`: may look, and change nothing. */
  readonly isReader: boolean;
  /** The provider's cloud with the caller's own authority. */
  readonly cloud: Cloud;
}

/** A validation is believed so long, and never past the token's end: as keystonemiddleware does. */
const believedMs = 300_000;
const maxKept = 1_000;
const maxTokenLength = 8_192;

const kept = new Map<string, { caller: Caller; untilMs: number }>();

/**
 * `bounded` ends the cloud's calls with the invocation; `asking` stands around the call to Keystone, where there is one. Throws 401 for a missing or refused token, 403 for one without a project; Keystone's silence stays a fault (503).
 */
export async function identify(
  provider: Provider,
  tokenId: string | undefined,
  nowMs: number,
  bounded: (cloud: Cloud) => Cloud,
  asking: (validated: () => Promise<Token>) => Promise<Token> = (validated) => validated(),
): Promise<Caller> {
  if (!tokenId) throw unauthorized("There is no X-Auth-Token.");
  if (tokenId.length > maxTokenLength || !/^[\x21-\x7e]+$/.test(tokenId))
    throw unauthorized("X-Auth-Token holds no Keystone token.");
  const key = createHash("sha256").update(`${provider.name}\0${tokenId}`).digest("base64");
  const known = kept.get(key);
  if (known && known.untilMs > nowMs) return { ...known.caller, cloud: bounded(known.caller.cloud) };

  const cloud = provider.asCaller(tokenId);
  const caller = callerOf(provider, await asking(() => validate(bounded(cloud))), cloud);
  keep(key, { caller, untilMs: Math.min(nowMs + believedMs, Date.parse(caller.token.expiresAt)) });
  return { ...caller, cloud: bounded(cloud) };
}

/** Whom a valid token names. Throws 403 for one without a project. */
export function callerOf(provider: Provider, token: Token, cloud: Cloud): Caller {
  if (!token.project) {
    throw new HttpProblem(
      403,
      problem("no-project", "The token is for no project", "The token is not scoped to a project.", {
        remedy: "Get a token that is scoped to your project.",
      }),
    );
  }
  return {
    userId: token.user.id,
    userName: token.user.name,
    projectId: token.project.id,
    projectName: token.project.name,
    token,
    isStaff: isStaffOf(provider.policy, token),
    isReader: token.roles.every(({ name }) => name.toLowerCase() === "reader"),
    cloud,
  };
}

/** May this caller see the request at all? Others are told that it does not exist. */
export function maySee(caller: Caller, request: ImageRequest): boolean {
  return caller.projectId === request.projectId || caller.isStaff;
}

async function validate(cloud: Cloud): Promise<Token> {
  try {
    return await cloud.token();
  } catch (error) {
    if (
      error instanceof OpenStackFault &&
      ["credentialRevoked", "notFound", "forbidden", "badRequest"].includes(error.kind)
    ) {
      throw unauthorized("Keystone does not accept this token: it has expired, or it is of another cloud.");
    }
    throw error;
  }
}

/** The same role on another project counts for nothing. */
export function isStaffOf({ approvers }: Pick<Policy, "approvers">, token: Token): boolean {
  return approvers.some(
    ({ role, project }) =>
      token.project?.id === project && token.roles.some((held) => held.name === role || held.id === role),
  );
}

function keep(key: string, entry: { caller: Caller; untilMs: number }): void {
  const [oldest] = kept.keys();
  if (kept.size >= maxKept && oldest !== undefined) kept.delete(oldest);
  kept.delete(key);
  kept.set(key, entry);
}
