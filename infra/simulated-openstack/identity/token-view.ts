// A token as Keystone shows it, with its catalogue.
import { isoMicroseconds } from "../clock.ts";
import type { Core } from "../core.ts";
import type { Caller } from "./tokens.ts";
import { defaultDomain, domainOf } from "./views.ts";

/** Measured on Zed: a trust's token shows no `is_domain` and its roles in full; an unscoped one has neither project nor catalogue. */
export function tokenView(core: Core, caller: Caller, options: { catalog: boolean }): Record<string, unknown> {
  const { claims, project, roles, trust, applicationCredential } = caller;
  return {
    methods: claims.methods,
    user: userOf(core, caller),
    audit_ids: claims.auditIds,
    expires_at: isoMicroseconds(claims.expiresAt),
    issued_at: isoMicroseconds(claims.issuedAt),
    ...(trust && {
      "OS-TRUST:trust": {
        id: trust.id,
        trustor_user: { id: trust.trustorUserId },
        trustee_user: { id: trust.trusteeUserId },
        impersonation: trust.impersonation,
      },
    }),
    ...(project && { project: { domain: defaultDomain, id: project.id, name: project.name } }),
    ...(project && !trust && { is_domain: false }),
    ...(claims.system && { system: { all: true } }),
    ...((project || claims.system) && {
      roles: roles.map(({ id, name, immutable }) =>
        trust
          ? { id, name, domain_id: null, description: null, options: immutable ? { immutable } : {} }
          : { id, name },
      ),
    }),
    ...((project || claims.system) && options.catalog && { catalog: catalog(core, project?.id) }),
    ...(applicationCredential && {
      application_credential: {
        id: applicationCredential.id,
        name: applicationCredential.name,
        restricted: applicationCredential.unrestricted !== true,
      },
    }),
  };
}

/** Whoever came through an identity provider has that written beside their name, and no password that could end (keystone/common/render_token.py). */
function userOf(core: Core, { claims, user }: Caller) {
  const plain = { domain: domainOf(user), id: user.id, name: user.name };
  if (!claims.federated) return { ...plain, password_expires_at: null };
  const { identityProvider, protocol } = core.state.federation;
  const groups = (user.federated?.mappedRoles ?? []).map(({ projectId }) => ({ id: projectId }));
  return {
    ...plain,
    "OS-FEDERATION": { groups, identity_provider: { id: identityProvider }, protocol: { id: protocol } },
  };
}

/**
 * Four services at one address, each behind its own path as devstack has them; Nova's address holds its version, Glance's does not, Cinder's the project too. There
 * is no network: Neutron is absent.
 */
export function catalog(core: Core, projectId: string | undefined): unknown[] {
  const volumeUrl = `${core.baseUrl}/volume/v3/${projectId}`;
  const cinder = { type: "volumev3", name: "cinder", url: volumeUrl, id: "6c100000000040008000000000000004" };
  const services = [
    ...(projectId === undefined ? [] : [cinder]),
    { type: "image", name: "glance", url: `${core.baseUrl}/image`, id: "6c100000000040008000000000000003" },
    { type: "identity", name: "keystone", url: `${core.baseUrl}/identity/v3/`, id: "6c100000000040008000000000000001" },
    { type: "compute", name: "nova", url: `${core.baseUrl}/compute/v2.1`, id: "6c100000000040008000000000000002" },
  ];
  return services.map(({ type, name, url, id }) => ({
    endpoints: ["admin", "internal", "public"].map((face, index) => ({
      id: `${id.slice(0, -2)}${index + 1}${id.slice(-1)}`,
      interface: face,
      region_id: core.state.region,
      url,
      region: core.state.region,
    })),
    id,
    type,
    name,
  }));
}
