// POST /v3/auth/tokens: who is it, and for what scope.
import { at, isObject, own, pythonRepr, stringAt } from "../bodies.ts";
import type { Core } from "../core.ts";
import type { Answer, Request } from "../http.ts";
import type { ApplicationCredential, User } from "./records.ts";
import { badRequest, forbidden, malformed, notFound, unauthorized } from "./refusals.ts";
import { effectiveRoles, systemRoles } from "./roles.ts";
import { sameSecret } from "./secrets.ts";
import { tokenView } from "./token-view.ts";
import {
  type Caller,
  InvalidToken,
  livingTrust,
  newAuditId,
  readToken,
  rolesIn,
  signToken,
  type TokenClaims,
} from "./tokens.ts";

/** 201 with the token in X-Subject-Token; 401 whatever was wrong with the credentials or the scope. */
export function authenticate(request: Request, body: unknown): Answer {
  const { core } = request;
  const identity = at(body, "auth", "identity");
  if (!isObject(identity)) throw badRequest("'identity' is a required property");
  const methods = at(identity, "methods");
  if (!Array.isArray(methods)) throw badRequest("'methods' is a required property");

  const who = identify(core, identity, methods.map(String));
  const scope = at(body, "auth", "scope");
  const none = scope === "unscoped" && !who.credential;
  const scoped = none ? unscoped : scopeOf(core, who, isObject(scope) ? scope : undefined);
  const now = core.now();
  const claims: TokenClaims = {
    userId: who.user.id,
    methods: [...new Set([...(who.parent?.methods ?? []), ...methods.map(String)])],
    applicationCredentialId: who.credential?.id ?? null,
    issuedAt: now,
    auditIds: [newAuditId(), ...(who.parent?.auditIds.slice(-1) ?? [])],
    ...scoped,
    ...(who.parent?.federated && { federated: true as const }),
    expiresAt: Math.min(
      who.parent?.expiresAt ?? now + core.timing.tokenLifetimeMs,
      scoped.expiresAt,
      who.credential?.expiresAt ?? Infinity,
    ),
  };
  const token = signToken(core, claims);
  const caller = readBack(core, token);
  request.userId = caller.user.id;
  const view = tokenView(core, caller, { catalog: !request.query.has("nocatalog") });
  return { status: 201, json: { token: view }, headers: { "X-Subject-Token": token } };
}

type Identified = { user: User; parent: TokenClaims | null; credential: ApplicationCredential | null };

function identify(core: Core, identity: Record<string, unknown>, methods: string[]): Identified {
  const [method] = methods;
  if (method === undefined) throw unauthorized(core.baseUrl);
  const given = identity[method];
  const known = { password: byPassword, token: byToken, application_credential: byApplicationCredential };
  if (!Object.hasOwn(known, method) || !isObject(given)) {
    throw malformed(`Expecting to find ${method} in identity.`);
  }
  const identified = known[method as keyof typeof known](core, given);
  if (!identified.user.enabled) throw unauthorized(core.baseUrl);
  return identified;
}

function byPassword(core: Core, given: Record<string, unknown>): Identified {
  const user = findUser(core, at(given, "user"));
  const password = stringAt(given, "user", "password");
  if (!user || password === undefined || !sameSecret(password, user.passwordHash)) throw unauthorized(core.baseUrl);
  return { user, parent: null, credential: null };
}

/** Measured on Zed: neither a trust's token nor an application credential's makes another token. */
function byToken(core: Core, given: Record<string, unknown>): Identified {
  let parent: Caller;
  try {
    parent = readToken(core, stringAt(given, "id") ?? "");
  } catch (error) {
    throw error instanceof InvalidToken ? notFound(error.message) : error;
  }
  if (parent.trust) {
    throw forbidden("Using trust-scoped token to create another token. Create a new trust-scoped token instead");
  }
  if (parent.applicationCredential) throw forbidden("Using a delegated token to create another token is not allowed.");
  return { user: parent.user, parent: parent.claims, credential: null };
}

/** An unknown id is 404, a wrong secret 401 (measured on Zed). */
function byApplicationCredential(core: Core, given: Record<string, unknown>): Identified {
  const id = stringAt(given, "id");
  const owner = id === undefined ? findUser(core, at(given, "user")) : undefined;
  const credential = Object.values(core.state.applicationCredentials).find((one) =>
    id !== undefined ? one.id === id : one.userId === owner?.id && one.name === stringAt(given, "name"),
  );
  if (!credential) throw notFound(`Could not find Application Credential: ${id ?? stringAt(given, "name")}.`);
  const user = core.state.users[credential.userId];
  const expired = credential.expiresAt !== null && credential.expiresAt <= core.now();
  if (!user || expired || !sameSecret(stringAt(given, "secret") ?? "", credential.secretHash)) {
    throw unauthorized(core.baseUrl);
  }
  return { user, parent: null, credential };
}

type Scoped = { projectId: string | null; system?: true; trustId: string | null; expiresAt: number };

/** Asked for in so many words: without them a user's default project is the scope. */
const unscoped: Scoped = { projectId: null, trustId: null, expiresAt: Infinity };

function scopeOf(core: Core, who: Identified, scope: Record<string, unknown> | undefined): Scoped {
  const unbounded = { trustId: null, expiresAt: Infinity };
  if (who.credential) return { projectId: who.credential.projectId, ...unbounded };
  if (scope && "OS-TRUST:trust" in scope) return trustScope(core, who, stringAt(scope, "OS-TRUST:trust", "id") ?? "");
  if (scope && "project" in scope) {
    const project = findProject(core, scope.project);
    const claims = { userId: who.user.id, ...(who.parent?.federated && { federated: true as const }) };
    if (!project || rolesIn(core.state, claims, project).length === 0) throw unauthorized(core.baseUrl);
    return { projectId: project, ...unbounded };
  }
  if (scope && "system" in scope && systemRoles(core.state, who.user.id).length > 0) {
    return { projectId: null, system: true, ...unbounded };
  }
  if (scope && ("domain" in scope || "system" in scope)) throw unauthorized(core.baseUrl);
  const usual = who.parent ? null : who.user.defaultProjectId;
  const reachable = usual !== null && effectiveRoles(core.state, who.user.id, usual).length > 0;
  return { projectId: reachable ? usual : null, ...unbounded };
}

/** An unknown, expired or used-up trust is 401, another's 403; each token made takes one of the remaining uses. */
function trustScope(core: Core, who: Identified, trustId: string): Scoped {
  const known = own(core.state.trusts, trustId);
  const expired = known?.expiresAt != null && known.expiresAt <= core.now();
  if (!known || expired || known.remainingUses === 0) throw unauthorized(core.baseUrl);
  const living = livingTrust(core, trustId);
  if (known.trusteeUserId !== who.user.id || !living) throw forbidden();
  if (known.remainingUses !== null) known.remainingUses -= 1;
  return { projectId: known.projectId, trustId, expiresAt: known.expiresAt ?? Infinity };
}

function readBack(core: Core, token: string): Caller {
  try {
    return readToken(core, token);
  } catch {
    throw unauthorized(core.baseUrl);
  }
}

function findUser(core: Core, given: unknown): User | undefined {
  const id = stringAt(given, "id");
  if (id !== undefined) return own(core.state.users, id);
  const name = stringAt(given, "name");
  return inDefaultDomain(given)
    ? Object.values(core.state.users).find((user) => user.name === name && !user.federated)
    : undefined;
}

function findProject(core: Core, given: unknown): string | undefined {
  const id = stringAt(given, "id");
  const name = stringAt(given, "name");
  const found = Object.values(core.state.projects).find((project) =>
    id !== undefined ? project.id === id : project.name === name && inDefaultDomain(given),
  );
  return found?.enabled ? found.id : undefined;
}

function inDefaultDomain(given: unknown): boolean {
  const id = stringAt(given, "domain", "id");
  const name = stringAt(given, "domain", "name");
  if (id === undefined && name === undefined)
    throw badRequest(`Invalid input for field 'domain': ${pythonRepr(given)} has none`);
  return id === "default" || name?.toLowerCase() === "default";
}
