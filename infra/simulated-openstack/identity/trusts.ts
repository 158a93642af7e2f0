// OS-TRUST: a user lets another act in a project with some of their roles.
import { at, isObject, own, stringAt } from "../bodies.ts";
import type { Core } from "../core.ts";
import type { Answer } from "../http.ts";
import type { Trust } from "./records.ts";
import { badRequest, forbidden, malformed, notFound } from "./refusals.ts";
import { effectiveRoles } from "./roles.ts";
import type { IdentityCall, IdentityRoute } from "./service.ts";
import type { Caller } from "./tokens.ts";
import { linkTo, listLinks, roleView, trustView } from "./views.ts";

export const trustRoutes: IdentityRoute[] = [
  ["POST", "/v3/OS-TRUST/trusts", createTrust],
  ["GET", "/v3/OS-TRUST/trusts", listTrusts],
  ["GET", "/v3/OS-TRUST/trusts/{trustId}", showTrust],
  ["DELETE", "/v3/OS-TRUST/trusts/{trustId}", deleteTrust],
  ["GET", "/v3/OS-TRUST/trusts/{trustId}/roles", listRolesOfTrust],
];

const knownAttributes = new Set([
  "trustor_user_id",
  "trustee_user_id",
  "impersonation",
  "project_id",
  "roles",
  "expires_at",
  "remaining_uses",
  "allow_redelegation",
  "redelegation_count",
  "redelegated_trust_id",
]);

/**
 * Measured on Zed: only for oneself (403), never with the token of a trust or of an application credential, unrestricted ones too (403); at least one role, and only
 * roles that the trustor has on that project (404 on the role); attributes that Keystone does not know are stored.
 */
function createTrust(call: IdentityCall): Answer {
  const { core } = call.request;
  const caller = call.caller();
  const wanted = at(call.body(), "trust");
  if (!isObject(wanted)) throw badRequest("'trust' is a required property");
  for (const required of ["trustor_user_id", "trustee_user_id", "impersonation"]) {
    if (!(required in wanted)) throw badRequest(`'${required}' is a required property`);
  }
  if (caller.applicationCredential) throw forbidden("Delegated tokens cannot manage trusts.");
  if (wanted.trustor_user_id !== caller.user.id) throw forbidden("identity:create_trust");
  if (caller.trust) throw forbidden();

  const trusteeUserId = stringAt(wanted, "trustee_user_id") ?? "";
  if (!own(core.state.users, trusteeUserId)) throw notFound(`Could not find user: ${trusteeUserId}.`);
  const projectId = stringAt(wanted, "project_id") ?? null;
  const trust: Trust = {
    id: core.newHexId(),
    trustorUserId: caller.user.id,
    trusteeUserId,
    projectId,
    roleIds: delegatedRoles(core, caller, projectId, wanted.roles),
    impersonation: wanted.impersonation === true,
    expiresAt: expiry(core, wanted.expires_at),
    remainingUses: uses(wanted.remaining_uses),
    extra: Object.fromEntries(Object.entries(wanted).filter(([name]) => !knownAttributes.has(name))),
  };
  core.state.trusts[trust.id] = trust;
  core.onSecret(trust.id);
  return { status: 201, json: { trust: trustView(core, trust, { roles: true }) } };
}

/** One's own as trustor or as trustee, if that is what is asked for; all of them only for administrators. */
function listTrusts({ request, caller }: IdentityCall): Answer {
  const { core, query } = request;
  const { isAdmin, user } = caller();
  const trustor = query.get("trustor_user_id");
  const trustee = query.get("trustee_user_id");
  if (!isAdmin && trustor === null && trustee === null) throw forbidden("identity:list_trusts");
  if (!isAdmin && trustor !== null && trustor !== user.id) throw forbidden("identity:list_trusts_for_trustor");
  if (!isAdmin && trustee !== null && trustee !== user.id) throw forbidden("identity:list_trusts_for_trustee");
  const found = Object.values(core.state.trusts).filter(
    (trust) =>
      (trustor ?? trust.trustorUserId) === trust.trustorUserId &&
      (trustee ?? trust.trusteeUserId) === trust.trusteeUserId,
  );
  const trusts = found.map((trust) => trustView(core, trust, { roles: false }));
  return { status: 200, json: { trusts, links: listLinks(core, request.fullPath) } };
}

function showTrust(call: IdentityCall): Answer {
  const trust = visibleTrust(call, "identity:get_trust");
  return { status: 200, json: { trust: trustView(call.request.core, trust, { roles: true }) } };
}

/** By the trustor, which a token of an impersonating trust is, or an administrator. The trustee may not: 403, with its own token as with the trust's. */
function deleteTrust(call: IdentityCall): Answer {
  const caller = call.caller();
  const trust = findTrust(call);
  if (!caller.isAdmin && caller.user.id !== trust.trustorUserId) throw forbidden("identity:delete_trust");
  delete call.request.core.state.trusts[trust.id];
  return { status: 204 };
}

function listRolesOfTrust(call: IdentityCall): Answer {
  const { core } = call.request;
  const trust = visibleTrust(call, "identity:list_roles_for_trust");
  const roles = trust.roleIds.flatMap((id) => core.state.roles[id] ?? []).map((role) => roleView(core, role));
  const links = { ...linkTo(core, `${trust.id}/roles`), next: null, previous: null };
  return { status: 200, json: { roles, links } };
}

function visibleTrust(call: IdentityCall, rule: string): Trust {
  const { isAdmin, user } = call.caller();
  const trust = findTrust(call);
  if (!isAdmin && user.id !== trust.trustorUserId && user.id !== trust.trusteeUserId) throw forbidden(rule);
  return trust;
}

/** One that has expired or been used up is listed still, but 404 by its id (measured on Zed). */
function findTrust({ request, parameters }: IdentityCall): Trust {
  const trust = own(request.core.state.trusts, parameters.trustId ?? "");
  const spent =
    trust && (trust.remainingUses === 0 || (trust.expiresAt !== null && trust.expiresAt <= request.core.now()));
  if (!trust || spent) throw notFound(`Could not find trust: ${parameters.trustId}.`);
  return trust;
}

function delegatedRoles(core: Core, caller: Caller, projectId: string | null, wanted: unknown): string[] {
  if (!Array.isArray(wanted) || wanted.length === 0) throw forbidden("At least one role should be specified");
  const held = projectId === null ? [] : effectiveRoles(core.state, caller.user.id, projectId);
  return wanted.map((one) => {
    const name = stringAt(one, "name");
    const named = Object.values(core.state.roles).find((role) => role.name === name);
    if (name !== undefined && !named) throw notFound(`Role ${name} is not defined`);
    const id = named?.id ?? stringAt(one, "id");
    if (!held.some((role) => role.id === id)) throw notFound(`Could not find role: ${id}.`);
    return id ?? "";
  });
}

function expiry(core: Core, wanted: unknown): number | null {
  if (wanted === null || wanted === undefined) return null;
  const expiresAt = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z?$/.test(String(wanted))
    ? Date.parse(`${String(wanted).slice(0, 19)}Z`)
    : Number.NaN;
  if (Number.isNaN(expiresAt)) throw malformed("Timestamp not in expected format.");
  if (expiresAt <= core.now()) throw malformed("The 'expires_at' must not be before now.");
  return expiresAt;
}

function uses(wanted: unknown): number | null {
  if (wanted === null || wanted === undefined) return null;
  if (typeof wanted !== "number" || !Number.isInteger(wanted))
    throw badRequest(`${String(wanted)} is not of type 'integer', 'null'`);
  if (wanted < 1) throw badRequest(`${wanted} is less than the minimum of 1`);
  return wanted;
}
