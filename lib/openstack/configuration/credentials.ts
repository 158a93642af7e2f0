// Which credentials the `auth` of an entry makes.
import * as z from "zod";
import type { Credentials, DomainName, ProjectName, UserName, WiderScope } from "../clouds-file.ts";
import { secret, text, url } from "./field-shapes.ts";
import type { Complain } from "./merged-entry.ts";

export const authShape = z.looseObject(
  {
    auth_url: url,
    username: text,
    user_id: text,
    password: secret,
    user_domain_name: text,
    user_domain_id: text,
    project_name: text,
    project_id: text,
    project_domain_name: text,
    project_domain_id: text,
    default_domain: text,
    default_domain_id: text,
    default_domain_name: text,
    domain_id: text,
    domain_name: text,
    trust_id: text,
    system_scope: text,
    token: secret,
    application_credential_id: text,
    application_credential_name: text,
    application_credential_secret: secret,
  },
  "missing",
);

type Auth = z.output<typeof authShape>;

export function credentialsOf(
  auth: Auth,
  authType: string | undefined,
  complain: Complain,
  anyScope: boolean,
): Credentials {
  const need = (field: keyof Auth & string): string => {
    const value = auth[field];
    return typeof value === "string" && value !== "" ? value : complain(`auth.${field}`, "missing");
  };
  const widerScope = anyScope ? widerScopeOf(auth, complain) : undefined;
  for (const field of ["domain_id", "domain_name", "trust_id", "system_scope"] as const) {
    if (auth[field] !== undefined && !(widerScope && field !== "trust_id"))
      complain(`auth.${field}`, "only a project can be the scope: servers and images are in projects");
  }
  switch (authType ?? impliedType(auth)) {
    case "password":
    case "v3password":
      if (widerScope) return { type: "password", user: userOf(auth, need), password: need("password"), widerScope };
      return { type: "password", user: userOf(auth, need), password: need("password"), scope: projectOf(auth) };
    case "token":
    case "v3token":
      return { type: "token", token: need("token"), scope: projectOf(auth) };
    case "v3applicationcredential": {
      // It is bound to its project: Keystone refuses any scope beside it, so a project of the entry is not asked for.
      const secret = need("application_credential_secret");
      if (auth.application_credential_id) {
        return { type: "applicationCredential", id: auth.application_credential_id, secret };
      }
      const name = need("application_credential_name");
      return { type: "applicationCredential", name, user: userOf(auth, need), secret };
    }
    default:
      return complain("auth_type", "must be password, token or v3applicationcredential");
  }
}

/** Keystone takes one scope; keystoneauth1 refuses several (identity/v3/base.py). */
function widerScopeOf(auth: Auth, complain: Complain): WiderScope | undefined {
  const { domain_id: id, domain_name: name, system_scope: system } = auth;
  const domain: DomainName | undefined = id ? { id } : name ? { name } : undefined;
  if (system === undefined && !domain) return undefined;
  if (system !== undefined && system !== "all") complain("auth.system_scope", "must be all");
  if ([system, domain, projectOf(auth)].filter(Boolean).length > 1)
    complain("auth", "names several scopes: a project, a domain, the system");
  return domain ? { domain } : { system: { all: true } };
}

/** Without `auth_type` it is a password, as everywhere; where there is none, what is there. */
function impliedType(auth: Auth): string {
  if (auth.password) return "password";
  if (auth.application_credential_id || auth.application_credential_name) return "v3applicationcredential";
  return auth.token ? "token" : "password";
}

function userOf(auth: Auth, need: (field: keyof Auth & string) => string): UserName {
  if (auth.user_id) return { id: auth.user_id };
  return { name: need("username"), domain: domainOf(auth, auth.user_domain_id, auth.user_domain_name) };
}

function projectOf(auth: Auth): ProjectName | undefined {
  const { project_id: id, project_name: name } = auth;
  if (id) return { id };
  return name ? { name, domain: domainOf(auth, auth.project_domain_id, auth.project_domain_name) } : undefined;
}

/**
 * An id wins over a name, even one that is only the default (keystoneauth1, identity/generic/password.py). Without any domain the openstack
 * command takes `default` (osc_lib/shell.py, DEFAULT_DOMAIN), so we do.
 */
function domainOf(auth: Auth, ownId: string | undefined, ownName: string | undefined): DomainName {
  const id = ownId ?? auth.default_domain_id;
  const name = ownName ?? auth.default_domain_name;
  if (id) return { id };
  return name ? { name } : { id: auth.default_domain ?? "default" };
}
