// Users, projects, roles and grants: for administrators; a member sees only themself and the project of their token.
import { at, isObject, own } from "../bodies.ts";
import type { Core } from "../core.ts";
import type { Answer } from "../http.ts";
import type { Grant, Project, Role, User } from "./records.ts";
import { forbidden, notFound } from "./refusals.ts";
import { effectiveRoles, grantedRoles } from "./roles.ts";
import type { IdentityCall, IdentityRoute } from "./service.ts";
import { defaultDomain, domainOf, linkTo, listLinks, projectView, roleView, userView } from "./views.ts";

export const directoryRoutes: IdentityRoute[] = [
  ["GET", "/v3/users", (call) => list(call, "users", "identity:list_users", call.request.core.state.users, userView)],
  ["GET", "/v3/users/{userId}", showUser],
  ["PATCH", "/v3/users/{userId}", updateUser],
  ["GET", "/v3/users/{userId}/projects", listProjectsOfUser],
  [
    "GET",
    "/v3/projects",
    (call) => list(call, "projects", "identity:list_projects", call.request.core.state.projects, projectView),
  ],
  ["GET", "/v3/projects/{projectId}", showProject],
  ["GET", "/v3/roles", (call) => list(call, "roles", "identity:list_roles", call.request.core.state.roles, roleView)],
  ["GET", "/v3/roles/{roleId}", showRole],
  ["GET", "/v3/domains", listDomains],
  ["GET", "/v3/role_assignments", listAssignments],
  ["GET", "/v3/projects/{projectId}/users/{userId}/roles", listGrants],
  ["PUT", "/v3/projects/{projectId}/users/{userId}/roles/{roleId}", grant],
  ["DELETE", "/v3/projects/{projectId}/users/{userId}/roles/{roleId}", withdraw],
];

function list<Item extends { name: string; federated?: User["federated"] }>(
  { request, caller }: IdentityCall,
  key: string,
  rule: string,
  items: Record<string, Item>,
  view: (core: Core, item: Item) => unknown,
): Answer {
  if (!caller().mayLookUp) throw forbidden(rule);
  const name = request.query.get("name");
  const domain = request.query.get("domain_id");
  const found = Object.values(items).filter(
    (item) =>
      (name === null || item.name.toLowerCase() === name.toLowerCase()) &&
      (domain === null || domain === domainOf(item).id),
  );
  const shown = found.map((item) => view(request.core, item));
  return { status: 200, json: { [key]: shown, links: listLinks(request.core, request.fullPath) } };
}

function showUser(call: IdentityCall): Answer {
  const caller = call.caller();
  const user = lookUp(
    call,
    "user",
    call.request.core.state.users,
    call.parameters.userId,
    caller.mayLookUp || "identity:get_user",
  );
  if (!caller.mayLookUp && caller.user.id !== user.id) throw forbidden("identity:get_user");
  return { status: 200, json: { user: userView(call.request.core, user) } };
}

/** Only `enabled` and `default_project_id` can be changed here. */
function updateUser(call: IdentityCall): Answer {
  const caller = call.caller();
  if (!caller.isAdmin) throw forbidden("identity:update_user");
  const user = lookUp(call, "user", call.request.core.state.users, call.parameters.userId, true);
  const wanted = at(call.body(), "user");
  if (isObject(wanted) && typeof wanted.enabled === "boolean") user.enabled = wanted.enabled;
  if (isObject(wanted) && typeof wanted.default_project_id === "string")
    user.defaultProjectId = wanted.default_project_id;
  return { status: 200, json: { user: userView(call.request.core, user) } };
}

function listProjectsOfUser({ request, caller, parameters }: IdentityCall): Answer {
  const { core } = request;
  const { mayLookUp, user } = caller();
  if (!mayLookUp && user.id !== parameters.userId) throw forbidden("identity:list_user_projects");
  const projects = Object.values(core.state.projects).filter(
    ({ id }) => grantedRoles(core.state, parameters.userId ?? "", id).length > 0,
  );
  return {
    status: 200,
    json: { projects: projects.map((project) => projectView(core, project)), links: listLinks(core, request.fullPath) },
  };
}

/** For a member any project but that of the token is 403, whether it exists or not (measured on Zed). */
function showProject(call: IdentityCall): Answer {
  const caller = call.caller();
  if (!caller.mayLookUp && caller.project?.id !== call.parameters.projectId) throw forbidden("identity:get_project");
  const project = lookUp(call, "project", call.request.core.state.projects, call.parameters.projectId, true);
  return { status: 200, json: { project: projectView(call.request.core, project) } };
}

function showRole(call: IdentityCall): Answer {
  const role = lookUp(
    call,
    "role",
    call.request.core.state.roles,
    call.parameters.roleId,
    call.caller().isAdmin || "identity:get_role",
  );
  return { status: 200, json: { role: roleView(call.request.core, role) } };
}

function listDomains({ request, caller }: IdentityCall): Answer {
  if (!caller().mayLookUp) throw forbidden("identity:list_domains");
  const domain = {
    ...defaultDomain,
    description: "The default domain",
    enabled: true,
    tags: [],
    options: {},
    links: linkTo(request.core, "domains/default"),
  };
  const name = request.query.get("name");
  const domains = name === null || name.toLowerCase() === "default" ? [domain] : [];
  return { status: 200, json: { domains, links: listLinks(request.core, request.fullPath) } };
}

/** `user.id`, `scope.project.id` and `role.id` narrow; `effective` adds what is implied; `include_names` names. */
function listAssignments({ request, caller }: IdentityCall): Answer {
  const { core, query } = request;
  if (!caller().mayLookUp) throw forbidden("identity:list_role_assignments");
  const wanted = (name: string, value: string) => !query.has(name) || query.get(name) === value;
  const pairs = new Map(core.state.grants.map((one) => [`${one.userId} ${one.projectId}`, one]));
  const rows = [...pairs.values()]
    .filter(({ userId, projectId }) => wanted("user.id", userId) && wanted("scope.project.id", projectId))
    .flatMap(({ userId, projectId }) => {
      const roles = (query.has("effective") ? effectiveRoles : grantedRoles)(core.state, userId, projectId);
      return roles.filter(({ id }) => wanted("role.id", id)).map((role) => ({ userId, projectId, role }));
    });
  const names = query.has("include_names") && query.get("include_names")?.toLowerCase() !== "false";
  const named = (id: string, name: string | undefined) => (names ? { id, name, domain: defaultDomain } : { id });
  const shown = rows.map(({ userId, projectId, role }) => ({
    links: { assignment: linkTo(core, `projects/${projectId}/users/${userId}/roles/${role.id}`).self },
    scope: { project: named(projectId, core.state.projects[projectId]?.name) },
    user: named(userId, core.state.users[userId]?.name),
    role: names ? { id: role.id, name: role.name } : { id: role.id },
  }));
  return { status: 200, json: { role_assignments: shown, links: listLinks(core, request.fullPath) } };
}

function listGrants(call: IdentityCall): Answer {
  const { core, fullPath } = call.request;
  const { project, user } = endsOfGrant(call, "identity:list_grants");
  const roles = grantedRoles(core.state, user.id, project.id).map((role) => roleView(core, role));
  return { status: 200, json: { roles, links: listLinks(core, fullPath) } };
}

function grant(call: IdentityCall): Answer {
  const { grants } = call.request.core.state;
  const wanted = grantNamed(call, "identity:create_grant");
  if (!grants.some((one) => sameGrant(one, wanted))) grants.push(wanted);
  return { status: 204 };
}

function withdraw(call: IdentityCall): Answer {
  const { state } = call.request.core;
  const unwanted = grantNamed(call, "identity:revoke_grant");
  const left = state.grants.filter((one) => !sameGrant(one, unwanted));
  if (left.length === state.grants.length)
    throw notFound(`Could not find role assignment with role: ${unwanted.roleId}.`);
  state.grants = left;
  return { status: 204 };
}

function grantNamed(call: IdentityCall, rule: string): Grant {
  const { project, user } = endsOfGrant(call, rule);
  const role: Role = lookUp(call, "role", call.request.core.state.roles, call.parameters.roleId, true);
  return { userId: user.id, projectId: project.id, roleId: role.id };
}

function endsOfGrant(call: IdentityCall, rule: string): { project: Project; user: User } {
  const { isAdmin } = call.caller();
  const { projects, users } = call.request.core.state;
  return {
    project: lookUp(call, "project", projects, call.parameters.projectId, isAdmin || rule),
    user: lookUp(call, "user", users, call.parameters.userId, isAdmin || rule),
  };
}

const sameGrant = (a: Grant, b: Grant): boolean =>
  a.userId === b.userId && a.projectId === b.projectId && a.roleId === b.roleId;

/** The record, or 404 for those who may know (`visible` true), and 403 by the rule given instead for those who may not. */
function lookUp<Item extends { id: string }>(
  call: IdentityCall,
  kind: string,
  items: Record<string, Item>,
  id: string | undefined,
  visible: true | string,
): Item {
  const item = own(items, id ?? "");
  const self = call.caller().user.id === item?.id;
  if (visible !== true && !self) throw forbidden(visible);
  if (!item) throw notFound(`Could not find ${kind}: ${id}.`);
  return item;
}
