// Application credentials: a secret that stands for a user in one project.
import { at, isObject, own, stringAt } from "../bodies.ts";
import type { Answer } from "../http.ts";
import { Refusal } from "../http.ts";
import type { ApplicationCredential } from "./records.ts";
import { badRequest, forbidden, keystoneError, notFound } from "./refusals.ts";
import { hashSecret } from "./secrets.ts";
import type { IdentityCall, IdentityRoute } from "./service.ts";
import type { Caller } from "./tokens.ts";
import { applicationCredentialView, listLinks } from "./views.ts";

const path = "/v3/users/{userId}/application_credentials";

export const applicationCredentialRoutes: IdentityRoute[] = [
  ["POST", path, create],
  ["GET", path, list],
  ["GET", `${path}/{credentialId}`, show],
  ["DELETE", `${path}/{credentialId}`, remove],
];

/** Only for oneself, in the project of the token; the secret is shown this once. A restricted one cannot make others (403). */
function create(call: IdentityCall): Answer {
  const { core } = call.request;
  const caller = owner(call, "identity:create_application_credential", { adminToo: false });
  if (caller.applicationCredential && caller.applicationCredential.unrestricted !== true) {
    throw forbidden(
      "Using method 'application_credential' is not allowed for managing additional application credentials.",
    );
  }
  const wanted = at(call.body(), "application_credential");
  const name = stringAt(wanted, "name");
  if (!isObject(wanted) || name === undefined) throw badRequest("'name' is a required property");
  if (!caller.project) throw forbidden("identity:create_application_credential");
  if (
    Object.values(core.state.applicationCredentials).some((one) => one.userId === caller.user.id && one.name === name)
  ) {
    throw new Refusal(
      keystoneError(
        409,
        `Conflict occurred attempting to store application_credential - Duplicate entry found with name ${name}.`,
      ),
    );
  }
  const expires = stringAt(wanted, "expires_at");
  const secret = stringAt(wanted, "secret") ?? core.newSecret();
  const credential: ApplicationCredential = {
    id: core.newHexId(),
    name,
    description: stringAt(wanted, "description") ?? null,
    userId: caller.user.id,
    projectId: caller.project.id,
    roleIds: rolesFor(caller, wanted.roles),
    secretHash: hashSecret(secret),
    expiresAt: expires === undefined ? null : Date.parse(`${expires.slice(0, 19)}Z`),
    unrestricted: typeof wanted.unrestricted === "boolean" ? wanted.unrestricted : null,
  };
  core.state.applicationCredentials[credential.id] = credential;
  return { status: 201, json: { application_credential: applicationCredentialView(core, credential, secret) } };
}

function list(call: IdentityCall): Answer {
  const { core, fullPath } = call.request;
  owner(call, "identity:list_application_credentials", { adminToo: true });
  const found = Object.values(core.state.applicationCredentials).filter(
    ({ userId }) => userId === call.parameters.userId,
  );
  const shown = found.map((credential) => applicationCredentialView(core, credential));
  return { status: 200, json: { application_credentials: shown, links: listLinks(core, fullPath) } };
}

function show(call: IdentityCall): Answer {
  owner(call, "identity:get_application_credential", { adminToo: true });
  return { status: 200, json: { application_credential: applicationCredentialView(call.request.core, find(call)) } };
}

function remove(call: IdentityCall): Answer {
  owner(call, "identity:delete_application_credential", { adminToo: true });
  delete call.request.core.state.applicationCredentials[find(call).id];
  return { status: 204 };
}

function owner({ caller, parameters }: IdentityCall, rule: string, { adminToo }: { adminToo: boolean }): Caller {
  const who = caller();
  if (who.user.id !== parameters.userId && !(adminToo && who.isAdmin)) throw forbidden(rule);
  return who;
}

function find({ request, parameters }: IdentityCall): ApplicationCredential {
  const credential = own(request.core.state.applicationCredentials, parameters.credentialId ?? "");
  if (credential?.userId !== parameters.userId || !credential) {
    throw notFound(`Could not find Application Credential: ${parameters.credentialId}.`);
  }
  return credential;
}

/** Those asked for, which the caller must have; or all of the caller's. */
function rolesFor(caller: Caller, wanted: unknown): string[] {
  if (!Array.isArray(wanted)) return caller.roles.map(({ id }) => id);
  return wanted.map((one) => {
    const role = caller.roles.find(({ id, name }) => id === stringAt(one, "id") || name === stringAt(one, "name"));
    if (!role)
      throw notFound(`Could not find role assignment with role: ${stringAt(one, "id") ?? stringAt(one, "name")}.`);
    return role.id;
  });
}
