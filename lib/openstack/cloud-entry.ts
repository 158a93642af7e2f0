// The fields of one entry of clouds.yaml: what they may hold, and which credentials they make.
import * as z from "zod";
import type { CloudConfig, Credentials, DomainName, ProjectName, UserName } from "./clouds-file.ts";

/** An entry as it was parsed, not yet looked at. */
export type CloudEntry = unknown;

/** Throws; the field is given from the entry on (`auth.password`), empty for the entry itself. */
export type Complain = (field: string, problem: string) => never;

export function entryToConfig(name: string, entry: CloudEntry, complain: Complain): CloudConfig {
  const read = entryShape.safeParse(entry);
  if (!read.success) {
    const [issue] = read.error.issues;
    return complain((issue?.path ?? []).map(String).join("."), issue?.message ?? "not understood");
  }
  const fields = read.data;
  if (fields.profile) complain("profile", "profiles (clouds-public.yaml) are not supported");
  if (fields.identity_api_version && !/^3(\.|$)/.test(fields.identity_api_version)) {
    complain("identity_api_version", "only version 3 is spoken");
  }
  return {
    name,
    authUrl: withVersion(fields.auth.auth_url),
    credentials: credentialsOf(fields, complain),
    regionName: fields.region_name,
    interface: fields.interface ?? fields.endpoint_type ?? "public",
    verify: fields.insecure === undefined ? (fields.verify ?? true) : !fields.insecure,
    caCertPath: fields.cacert,
  };
}

/** In YAML a field may be there with nothing in it. Secrets are taken as they are. */
const text = z
  .string("must be a text")
  .optional()
  .transform((written) => (written === undefined || ["", "~", "null"].includes(written) ? undefined : written));

const secret = z.string("must be a text").optional();

/** As PyYAML, by which other tools read the file, understands them. */
const truth = text.transform((written, context) => {
  if (written === undefined) return undefined;
  if (/^(?:true|yes|on|1)$/i.test(written)) return true;
  if (/^(?:false|no|off|0)$/i.test(written)) return false;
  context.addIssue({ code: "custom", message: "must be true or false" });
  return z.NEVER;
});

/** `endpoint_type` is its old name, `publicURL` its old form. */
const face = text
  .transform((written) => written?.replace(/URL$/, ""))
  .pipe(z.enum(["public", "internal", "admin"], "must be public, internal or admin").optional());

const url = z
  .string("missing")
  .refine((written) => /^https?:\/\//.test(written) && URL.canParse(written), "must be an http or https address");

const authShape = z.looseObject(
  {
    auth_url: url,
    username: text,
    user_id: text,
    password: secret,
    user_domain_name: text,
    user_domain_id: text,
    project_name: text,
    tenant_name: text,
    project_id: text,
    tenant_id: text,
    project_domain_name: text,
    project_domain_id: text,
    default_domain: text,
    domain_id: text,
    domain_name: text,
    token: secret,
    application_credential_id: text,
    application_credential_name: text,
    application_credential_secret: secret,
  },
  "missing",
);

const entryShape = z.looseObject(
  {
    auth: authShape,
    auth_type: text,
    region_name: text,
    interface: face,
    endpoint_type: face,
    verify: truth,
    insecure: truth,
    cacert: text,
    profile: text,
    identity_api_version: text,
  },
  "must be a mapping",
);

type Entry = z.output<typeof entryShape>;
type Auth = z.output<typeof authShape>;

/** `http://host:5000`, `…/identity/`, `…/v2.0` and `…/v3/` all mean the third version beside them. */
function withVersion(authUrl: string): string {
  const bare = authUrl.replace(/\/+$/, "");
  return /\/v[\d.]+$/.test(bare) ? bare.replace(/\/v[\d.]+$/, "/v3") : `${bare}/v3`;
}

function credentialsOf({ auth, auth_type }: Entry, complain: Complain): Credentials {
  const type = auth_type?.replace(/^v3/, "").replaceAll("_", "") ?? impliedType(auth);
  const need = (field: keyof Auth & string): string => {
    const value = auth[field];
    return typeof value === "string" ? value : complain(`auth.${field}`, "missing");
  };
  switch (type) {
    case "password":
      return { type, user: userOf(auth, need), password: need("password"), scope: projectOf(auth) };
    case "token":
      return { type, token: need("token"), scope: projectOf(auth) };
    case "applicationcredential": {
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

function impliedType(auth: Auth): string {
  if (auth.application_credential_id || auth.application_credential_name) return "applicationcredential";
  return auth.token && !auth.password ? "token" : "password";
}

function userOf(auth: Auth, need: (field: keyof Auth & string) => string): UserName {
  if (auth.user_id) return { id: auth.user_id };
  return { name: need("username"), domain: domainOf(auth, auth.user_domain_id, auth.user_domain_name) };
}

function projectOf(auth: Auth): ProjectName | undefined {
  const id = auth.project_id ?? auth.tenant_id;
  if (id) return { id };
  const name = auth.project_name ?? auth.tenant_name;
  return name ? { name, domain: domainOf(auth, auth.project_domain_id, auth.project_domain_name) } : undefined;
}

/** Without any domain the openstack command takes `default` (osc_lib/shell.py, DEFAULT_DOMAIN), so we do. */
function domainOf(auth: Auth, id: string | undefined, name: string | undefined): DomainName {
  if (id) return { id };
  if (name) return { name };
  return { id: auth.default_domain ?? "default" };
}
