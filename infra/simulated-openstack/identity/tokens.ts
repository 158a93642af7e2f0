// Tokens, like Keystone's Fernet tokens: they carry what they stand for and are checked against the world each time; nothing is stored but revocations.
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { Core } from "../core.ts";
import type { CloudState } from "../state.ts";
import type { ApplicationCredential, Role, Trust, User } from "./records.ts";
import { effectiveRoles, federatedRoles, systemRoles, withImplied } from "./roles.ts";

export type TokenClaims = {
  /** Who authenticated: with a trust, the trustee. */
  userId: string;
  methods: string[];
  projectId: string | null;
  /** Scoped to the whole system. */
  system?: true;
  /** Got through the identity provider, or made of such a token. */
  federated?: true;
  trustId: string | null;
  applicationCredentialId: string | null;
  issuedAt: number;
  expiresAt: number;
  /** Its own, then the one of the token that it was made from. */
  auditIds: string[];
};

/** What a token stands for now. `user` is whom it acts as: with an impersonating trust, the trustor. */
export type Caller = {
  claims: TokenClaims;
  user: User;
  project: { id: string; name: string } | null;
  roles: Role[];
  isAdmin: boolean;
  /** May look everybody and everything up: an administrator, or a reader of the whole system. */
  mayLookUp: boolean;
  trust: Trust | null;
  applicationCredential: ApplicationCredential | null;
};

/** Why a token is not valid, in Keystone's words; `trustGone` where that is the reason (Keystone then answers 404 to a call made with it, not 401). */
export class InvalidToken extends Error {
  readonly trustGone: boolean;

  constructor(message: string, trustGone = false) {
    super(message);
    this.trustGone = trustGone;
  }
}

export const newAuditId = (): string => randomBytes(16).toString("base64url");

export function signToken(core: Core, claims: TokenClaims): string {
  const payload = Buffer.from(JSON.stringify(claims));
  const token = `${prefix}${Buffer.concat([seal(core, payload), payload]).toString("base64url")}`;
  core.onSecret(token);
  return token;
}

/** Throws InvalidToken. */
export function readToken(core: Core, token: string): Caller {
  const claims = unseal(core, token);
  const { state } = core;
  const user = state.users[claims.userId];
  const [auditId = ""] = claims.auditIds;
  if (claims.expiresAt <= core.now() || auditId in state.revokedTokens || !user?.enabled) {
    throw new InvalidToken("Failed to validate token");
  }
  if (claims.trustId !== null) return throughTrust(core, claims, claims.trustId);

  const project = claims.projectId === null ? null : (state.projects[claims.projectId] ?? null);
  const credential =
    claims.applicationCredentialId === null
      ? null
      : (state.applicationCredentials[claims.applicationCredentialId] ?? null);
  const held = project ? rolesIn(state, claims, project.id) : claims.system ? systemRoles(state, user.id) : [];
  const roles = credential ? held.filter(({ id }) => credential.roleIds.includes(id)) : held;
  const lost =
    (claims.projectId !== null && (!project?.enabled || roles.length === 0)) ||
    (claims.system && roles.length === 0) ||
    (claims.applicationCredentialId !== null && roles.length !== credential?.roleIds.length);
  if (lost) throw new InvalidToken("Failed to validate token");
  return {
    claims,
    user,
    project,
    roles,
    isAdmin: isAdmin(roles),
    mayLookUp: isAdmin(roles) || (claims.system === true && roles.some(({ name }) => name === "reader")),
    trust: null,
    applicationCredential: credential,
  };
}

export function rolesIn(
  state: CloudState,
  claims: Pick<TokenClaims, "userId" | "federated">,
  projectId: string,
): Role[] {
  return (claims.federated ? federatedRoles : effectiveRoles)(state, claims.userId, projectId);
}

export function revokeToken(core: Core, claims: TokenClaims): void {
  const { revokedTokens } = core.state;
  for (const [auditId, expiresAt] of Object.entries(revokedTokens)) {
    if (expiresAt <= core.now()) delete revokedTokens[auditId];
  }
  const [auditId] = claims.auditIds;
  if (auditId !== undefined) revokedTokens[auditId] = claims.expiresAt;
}

/** A trust that exists, has not run out of time, and whose trustor is still somebody and still has the roles; else null. */
export function livingTrust(core: Core, trustId: string): { trust: Trust; trustor: User; roles: Role[] } | null {
  const trust = core.state.trusts[trustId];
  const trustor = trust && core.state.users[trust.trustorUserId];
  if (!trust || !trustor?.enabled || (trust.expiresAt !== null && trust.expiresAt <= core.now())) return null;
  if (trust.projectId === null) return { trust, trustor, roles: [] };
  const held = effectiveRoles(core.state, trustor.id, trust.projectId);
  if (!trust.roleIds.every((id) => held.some((role) => role.id === id))) return null;
  const delegated = trust.roleIds.flatMap((id) => core.state.roles[id] ?? []);
  return { trust, trustor, roles: withImplied(core.state, delegated) };
}

function throughTrust(core: Core, claims: TokenClaims, trustId: string): Caller {
  const living = livingTrust(core, trustId);
  const trustee = core.state.users[claims.userId];
  if (!living) throw new InvalidToken(`Could not find trust: ${trustId}.`, true);
  if (!trustee) throw new InvalidToken("Failed to validate token");
  const { trust, trustor, roles } = living;
  const project = trust.projectId === null ? null : (core.state.projects[trust.projectId] ?? null);
  const user = trust.impersonation ? trustor : trustee;
  const admin = isAdmin(roles);
  return { claims, user, project, roles, isAdmin: admin, mayLookUp: admin, trust, applicationCredential: null };
}

const isAdmin = (roles: Role[]): boolean => roles.some(({ name }) => name === "admin");

const prefix = "gAAAAA";
const sealBytes = 32;

const seal = (core: Core, payload: Buffer): Buffer =>
  createHmac("sha256", core.state.signingKey).update(payload).digest();

function unseal(core: Core, token: string): TokenClaims {
  const bytes = Buffer.from(token.slice(prefix.length), "base64url");
  const payload = bytes.subarray(sealBytes);
  const genuine =
    token.startsWith(prefix) &&
    bytes.length > sealBytes &&
    timingSafeEqual(bytes.subarray(0, sealBytes), seal(core, payload));
  if (!genuine) throw new InvalidToken("Could not recognize Fernet token");
  return JSON.parse(payload.toString("utf8"));
}
