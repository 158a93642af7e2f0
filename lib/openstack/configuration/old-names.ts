// The names and places that a field of an entry had in other years, turned into the present ones.
import { isMapping, type Mapping, type Value } from "./yaml-text.ts";

/** What belongs into `auth` and may as well stand beside it: so it does in the cloud that OS_ variables make. */
const authFields = [
  "auth_url",
  "username",
  "user_id",
  "password",
  "user_domain_id",
  "user_domain_name",
  "default_domain",
  "default_domain_id",
  "default_domain_name",
  "application_credential_id",
  "application_credential_name",
  "application_credential_secret",
  "trust_id",
  "system_scope",
] as const;

/** Later names win over earlier ones, and `auth` over its outside (openstacksdk, config/loader.py: _fix_backwards_project). */
const successors: Record<string, string[]> = {
  domain_id: ["domain_id"],
  domain_name: ["domain_name"],
  user_domain_id: ["user_domain_id"],
  user_domain_name: ["user_domain_name"],
  project_domain_id: ["project_domain_id"],
  project_domain_name: ["project_domain_name"],
  project_id: ["tenant_id", "project_id"],
  project_name: ["tenant_name", "project_name"],
  token: ["auth_token", "token"],
};

/** The entry with everything of `auth` in `auth`, by its present name; the rest stands as it was. */
export function withPresentNames(entry: Mapping): Mapping {
  const outside = presentInterfaces(entry);
  if (outside.auth != null && !isMapping(outside.auth)) return outside;
  const auth: Mapping = { ...outside.auth };
  for (const [target, names] of Object.entries(successors)) {
    const given = names.flatMap((name) => [outside[name], auth[name]]).filter(isGiven);
    for (const name of names) delete auth[name];
    const winner = given.at(-1);
    if (winner !== undefined) auth[target] = winner;
  }
  for (const field of authFields) {
    const given = [auth[field], outside[field]].find(isGiven);
    if (given !== undefined) auth[field] = given;
  }
  // keystoneauth's old name for it
  const username = [auth.username, auth.user_name, outside.user_name].find(isGiven);
  if (username !== undefined) auth.username = username;
  spreadDomain(auth);
  return { ...outside, auth };
}

/** `endpoint_type`, also a service's own, is the old name of `interface`; where both stand it wins, as in openstacksdk. */
function presentInterfaces(entry: Mapping): Mapping {
  const present = { ...entry };
  for (const [key, value] of Object.entries(entry)) {
    if (!/(?:^|_)endpoint_type$/.test(key) || !isGiven(value)) continue;
    present[key.replace(/endpoint_type$/, "interface")] = value;
    delete present[key];
  }
  return present;
}

/** Beside a project, `domain_id` and `domain_name` are those of the user and the project where these have none (_handle_domain_id). */
function spreadDomain(auth: Mapping): void {
  if (!isGiven(auth.project_id) && !isGiven(auth.project_name)) return;
  for (const part of ["id", "name"]) {
    const domain = auth[`domain_${part}`];
    delete auth[`domain_${part}`];
    if (!isGiven(domain)) continue;
    for (const owner of ["user", "project"]) {
      if (!isGiven(auth[`${owner}_domain_${part}`])) auth[`${owner}_domain_${part}`] = domain;
    }
  }
}

const isGiven = (value: Value | undefined): value is Value => value !== undefined && value !== null && value !== "";
