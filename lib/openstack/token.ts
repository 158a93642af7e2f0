// A Keystone token: who acts, where, with which roles, and what the cloud offers.
import * as z from "zod";
import type { CatalogEntry } from "./catalog.ts";
import { timestamp } from "./timestamp.ts";

export interface Token {
  /** A secret. */
  id: string;
  expiresAt: string;
  user: { id: string; name: string; domainId: string };
  /** Undefined for tokens of a domain, of the system, or of nothing. */
  project?: { id: string; name: string; domainId: string } | undefined;
  roles: { id: string; name: string }[];
  catalog: CatalogEntry[];
  /** Set when the token acts on a trust. */
  trustId?: string | undefined;
  auditIds: string[];
  /** How it was got: `password`, `token`, `application_credential`. */
  methods: string[];
  isApplicationCredential: boolean;
  /** Its user came through an identity provider: some of the roles may be those of mapped groups, stored nowhere. */
  isFederated: boolean;
}

const owned = z.looseObject({ id: z.string(), name: z.string(), domain: z.looseObject({ id: z.string() }) });
const role = z.looseObject({ id: z.string(), name: z.string() });
const endpoint = z.looseObject({
  interface: z.string(),
  region_id: z.string().nullish(),
  region: z.string().nullish(),
  url: z.string(),
});
const service = z.looseObject({ type: z.string(), name: z.string().default(""), endpoints: z.array(endpoint) });

/** The body of POST and GET /v3/auth/tokens. */
export const tokenBody = z.looseObject({
  token: z.looseObject({
    methods: z.array(z.string()),
    expires_at: timestamp,
    user: owned,
    project: owned.optional(),
    roles: z.array(role).default([]),
    catalog: z.array(service).default([]),
    audit_ids: z.array(z.string()).default([]),
    "OS-TRUST:trust": z.looseObject({ id: z.string() }).optional(),
    application_credential: z.looseObject({ id: z.string() }).optional(),
  }),
});

export function tokenOf(id: string, { token }: z.output<typeof tokenBody>): Token {
  return {
    id,
    expiresAt: token.expires_at,
    user: inDomain(token.user),
    project: token.project && inDomain(token.project),
    roles: token.roles.map(({ id, name }) => ({ id, name })),
    catalog: token.catalog.map(({ type, name, endpoints }) => ({ type, name, endpoints: endpoints.map(endpointOf) })),
    trustId: token["OS-TRUST:trust"]?.id,
    auditIds: token.audit_ids,
    methods: token.methods,
    isApplicationCredential: token.application_credential !== undefined,
    isFederated: token.user["OS-FEDERATION"] !== undefined,
  };
}

const inDomain = ({ id, name, domain }: z.output<typeof owned>) => ({ id, name, domainId: domain.id });

const endpointOf = ({ interface: face, region_id, region, url }: z.output<typeof endpoint>) => ({
  interface: face,
  regionId: region_id ?? region ?? "",
  url,
});
