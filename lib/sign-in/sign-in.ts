// Takes a sign-in to the provider's Keystone and hands its token back. Nothing of it is kept: neither the secret nor the token.
import type { SignIn } from "../../events/sign-in.ts";
import { tooOften } from "../http/call-rates.ts";
import { isStaffOf } from "../http/caller.ts";
import { HttpProblem } from "../http/http-problem.ts";
import type { RateLimits } from "../http/rate-limit.ts";
import { log } from "../log.ts";
import { type Cloud, OpenStackFault, type Project, type Token } from "../openstack/index.ts";
import type { Policy } from "../providers/policy.ts";
import type { Provider } from "../providers/provider.ts";
import { cannotDelegate } from "../requests/delegation.ts";
import { problem } from "../requests/problem.ts";
import { claimedName, credentialsOf } from "./credentials.ts";

/** Tries in `windowMs`, good ones too. A portal's own server signs all its people in from one address. */
export const triesPerAddress = 100;
export const triesPerName = 20;
export const windowMs = 300_000;

/** `service`: the provider's cloud, bounded by the invocation. Throws 401 that never says what was wrong, 429, 503. */
export async function signIn(
  provider: Pick<Provider, "name" | "policy">,
  service: Cloud,
  sent: SignIn,
  { rates, address }: { rates: RateLimits; address: string },
) {
  await countTry(rates, provider.name, address, claimedName(sent));
  const cloud = service.asUser(credentialsOf(sent));
  const token = await cloud.token().catch(refuse);
  const projects = await projectsOf(cloud, token);
  const { project, user } = token;
  return {
    token: token.id,
    expiresAt: token.expiresAt,
    provider: provider.name,
    user: { id: user.id, name: user.name, domainId: user.domainId },
    project: project ? { id: project.id, name: project.name, domainId: project.domainId } : null,
    roles: token.roles.map(({ name }) => name),
    isStaff: isStaffOf(provider.policy, token),
    projects: projects?.map(({ id, name, domainId }) => ({ id, name, domainId })) ?? null,
    delegation: delegationOf(token, provider.policy),
  };
}

/** Before Keystone is asked: its own lock would let a stranger shut a user out by guessing. Tries by name are counted whoever makes them, for guesses come from many addresses. */
async function countTry(rates: RateLimits, provider: string, address: string, name: string | undefined): Promise<void> {
  const counts = [rates.allow(`sign-in\0${address}`, triesPerAddress, windowMs)];
  if (name !== undefined) counts.push(rates.allow(`sign-in\0${provider}\0${name}`, triesPerName, windowMs));
  for (const { retryAfterSeconds } of await Promise.all(counts))
    if (retryAfterSeconds !== undefined) throw tooOften(retryAfterSeconds, "Too many tries to sign in.");
}

/** Keystone gives one answer to every sign-in that fails, a locked account's too (bug 1688137); so do we. Only who knows the password hears that it has expired. */
function refuse(error: unknown): never {
  if (!(error instanceof OpenStackFault)) throw error;
  if (error.kind !== "credentialRevoked" && error.kind !== "badRequest") throw error;
  const trace = { service: "Keystone", ...(error.requestId && { openstackRequestId: error.requestId }) };
  const content = /password is expired/i.test(error.detail)
    ? problem("password-expired", "The password has expired", "Keystone wants a new password for this user.", {
        ...trace,
        remedy: "Change it: `openstack user password set`, or on the cloud's dashboard.",
      })
    : problem(
        "sign-in-refused",
        "Keystone does not let you in",
        "The name, the domain, the password or secret, or the project is wrong; or the account has no role in the project, needs a second factor, is disabled, or is locked for a while after too many tries.",
        {
          ...trace,
          remedy: "Look at each of them, wait some minutes, and try again; or ask the support of this cloud.",
        },
      );
  throw new HttpProblem(401, content, { "www-authenticate": "Keystone" });
}

/** Of an application credential there is nothing to choose. Who cannot be told where else to work is signed in all the same. */
async function projectsOf(cloud: Cloud, token: Token): Promise<Project[] | undefined> {
  if (token.isApplicationCredential) return [];
  try {
    return (await cloud.identity.listMyProjects()).filter(({ enabled }) => enabled);
  } catch (error) {
    if (!(error instanceof OpenStackFault)) throw error;
    log.warn("somebody was signed in, but not told of their projects", { fault: error.message });
    return undefined;
  }
}

function delegationOf(token: Token, { serviceAccounts }: Pick<Policy, "serviceAccounts">) {
  const why = cannotDelegate(token);
  if (why && token.project && serviceAccounts.length > 0) {
    const detail = `${why.detail} Where the operator has an account in the project, the work runs on that.`;
    return { by: "perhaps" as const, detail, remedy: "Just ask: it is said at once, and nothing is begun then." };
  }
  if (why) return { by: "no" as const, ...why };
  if (!token.isFederated) return { by: "trust" as const };
  const detail =
    "You came through your institution. A role that you have by its groups cannot be delegated; one that was given to yourself can.";
  return { by: "perhaps" as const, detail, remedy: "Just ask: it is said at once, and nothing is begun then." };
}
