// /v3/auth: tokens made, shown and revoked, and what a token may reach.
import type { Answer } from "../http.ts";
import { authenticate } from "./authenticate.ts";
import { forbidden, notFound } from "./refusals.ts";
import type { IdentityCall, IdentityRoute } from "./service.ts";
import { catalog, tokenView } from "./token-view.ts";
import { type Caller, InvalidToken, readToken, revokeToken, rolesIn } from "./tokens.ts";
import { linkTo, listLinks, projectView } from "./views.ts";

export const authRoutes: IdentityRoute[] = [
  ["POST", "/v3/auth/tokens", ({ request, body }) => authenticate(request, body())],
  ["GET", "/v3/auth/tokens", validate],
  ["HEAD", "/v3/auth/tokens", validate],
  ["DELETE", "/v3/auth/tokens", revoke],
  ["GET", "/v3/auth/catalog", showCatalog],
  ["GET", "/v3/auth/projects", listProjects],
  ["GET", "/v3/auth/domains", listDomains],
];

/**
 * A token may show itself. Whose it is is asked by user: so an administrator may show any, a member none but their own; and a trust's token with
 * impersonation may not even show itself, for it acts as the trustor and belongs to the trustee: 403 (all measured on Zed).
 */
function validate(call: IdentityCall): Answer {
  const caller = call.caller();
  const { token, subject } = subjectOf(call, "identity:validate_token");
  if (!caller.isAdmin && caller.user.id !== subject.claims.userId) throw forbidden("identity:validate_token");
  const view = tokenView(call.request.core, subject, { catalog: !call.request.query.has("nocatalog") });
  return { status: 200, json: { token: view }, headers: { "X-Subject-Token": token } };
}

function revoke(call: IdentityCall): Answer {
  const caller = call.caller();
  const { subject } = subjectOf(call, "identity:revoke_token");
  if (!caller.isAdmin && caller.user.id !== subject.claims.userId) throw forbidden("identity:revoke_token");
  revokeToken(call.request.core, subject.claims);
  return { status: 204 };
}

function subjectOf({ request }: IdentityCall, rule: string): { token: string; subject: Caller } {
  const token = request.headers["x-subject-token"];
  if (typeof token !== "string") throw forbidden(rule);
  try {
    return { token, subject: readToken(request.core, token) };
  } catch (error) {
    throw error instanceof InvalidToken ? notFound(error.message) : error;
  }
}

function showCatalog({ request, caller }: IdentityCall): Answer {
  const projectId = caller().project?.id;
  return {
    status: 200,
    json: { catalog: catalog(request.core, projectId), links: linkTo(request.core, "auth/catalog") },
  };
}

/** Where the user whom the token acts as has a role. */
function listProjects({ request, caller }: IdentityCall): Answer {
  const { core } = request;
  const { user, claims } = caller();
  const acting = { userId: user.id, ...(claims.federated && { federated: true as const }) };
  const projects = Object.values(core.state.projects).filter(
    ({ id, enabled }) => enabled && rolesIn(core.state, acting, id).length > 0,
  );
  return {
    status: 200,
    json: { projects: projects.map((project) => projectView(core, project)), links: listLinks(core, request.fullPath) },
  };
}

function listDomains({ request, caller }: IdentityCall): Answer {
  caller();
  return { status: 200, json: { domains: [], links: listLinks(request.core, request.fullPath) } };
}
