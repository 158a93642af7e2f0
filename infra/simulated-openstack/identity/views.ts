// Keystone's records as it shows them.
import { isoMicroseconds } from "../clock.ts";
import type { Core } from "../core.ts";
import type { ApplicationCredential, Project, Role, Trust, User } from "./records.ts";

export const defaultDomain = { id: "default", name: "Default" };

/** Where an identity provider's people are. */
const federatedDomain = { id: "d0000000000040008000000000000002", name: "campus" };

export const domainOf = (user: { federated?: User["federated"] | undefined }) =>
  user.federated ? federatedDomain : defaultDomain;

export const linkTo = (core: Core, path: string): { self: string } => ({ self: `${core.baseUrl}/identity/v3/${path}` });

/** Keystone's lists are not paged. */
export const listLinks = (core: Core, fullPath: string) => ({
  next: null,
  self: `${core.baseUrl}${fullPath}`,
  previous: null,
});

export const projectView = (core: Core, { id, name, description, enabled }: Project) => ({
  id,
  name,
  domain_id: defaultDomain.id,
  description,
  enabled,
  parent_id: defaultDomain.id,
  is_domain: false,
  tags: [],
  options: {},
  links: linkTo(core, `projects/${id}`),
});

export const userView = (core: Core, { id, name, enabled, defaultProjectId, email, federated }: User) => ({
  ...(email !== undefined && { email }),
  id,
  name,
  domain_id: domainOf({ federated }).id,
  enabled,
  ...(defaultProjectId === null ? {} : { default_project_id: defaultProjectId }),
  password_expires_at: null,
  options: {},
  links: linkTo(core, `users/${id}`),
});

export const roleView = (core: Core, role: Role) => ({
  ...bareRoleView(role),
  links: linkTo(core, `roles/${role.id}`),
});

const bareRoleView = ({ id, name, immutable }: Role) => ({
  id,
  name,
  domain_id: null,
  description: null,
  options: immutable ? { immutable } : {},
});

/** Lists show a trust without its roles; and the link to them lacks `OS-TRUST/trusts`, in the real one too. */
export function trustView(core: Core, trust: Trust, options: { roles: boolean }) {
  const roles = trust.roleIds.flatMap((id) => core.state.roles[id] ?? []);
  return {
    ...(options.roles && { roles: roles.map((role) => roleView(core, role)) }),
    ...trust.extra,
    id: trust.id,
    trustor_user_id: trust.trustorUserId,
    trustee_user_id: trust.trusteeUserId,
    project_id: trust.projectId,
    impersonation: trust.impersonation,
    expires_at: trust.expiresAt === null ? null : isoMicroseconds(trust.expiresAt),
    remaining_uses: trust.remainingUses,
    deleted_at: null,
    redelegated_trust_id: null,
    redelegation_count: 0,
    ...(options.roles && { roles_links: { ...linkTo(core, `${trust.id}/roles`), next: null, previous: null } }),
    links: linkTo(core, `OS-TRUST/trusts/${trust.id}`),
  };
}

export function applicationCredentialView(core: Core, credential: ApplicationCredential, secret?: string) {
  return {
    id: credential.id,
    name: credential.name,
    description: credential.description,
    user_id: credential.userId,
    project_id: credential.projectId,
    system: null,
    expires_at: credential.expiresAt === null ? null : isoMicroseconds(credential.expiresAt),
    unrestricted: credential.unrestricted,
    roles: credential.roleIds.flatMap((id) => core.state.roles[id] ?? []).map(bareRoleView),
    ...(secret === undefined ? {} : { secret }),
    links: linkTo(core, `application_credentials/${credential.id}`),
  };
}
