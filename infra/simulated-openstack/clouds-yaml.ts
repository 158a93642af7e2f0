// A clouds.yaml for this cloud, for clients that read one.
import { sameSecret } from "./identity/secrets.ts";
import { demoPassword } from "./seed/people.ts";
import type { CloudState } from "./state.ts";

/** One entry for each user whose password is the demo's, in the project that is their own, or on the system where they have none; named after the user. */
export function cloudsYaml(state: CloudState, authUrl: string): string {
  const entries = Object.values(state.users)
    .filter(({ passwordHash, federated }) => !federated && sameSecret(demoPassword, passwordHash))
    .flatMap(({ id, name, defaultProjectId }) => {
      const project = state.projects[defaultProjectId ?? ""];
      if (project) return [entry(name, inProject(project.name), authUrl, state.region)];
      const onSystem = state.systemGrants.some(({ userId }) => userId === id);
      return onSystem ? [entry(name, "      system_scope: all\n", authUrl, state.region)] : [];
    });
  return `clouds:\n${entries.join("")}`;
}

const inProject = (name: string): string => `      project_name: ${name}
      project_domain_name: Default
`;

const entry = (user: string, scope: string, authUrl: string, region: string): string => `  ${user}:
    region_name: ${region}
    identity_api_version: 3
    auth:
      auth_url: ${authUrl}
      username: ${user}
      password: ${demoPassword}
${scope}      user_domain_name: Default
`;
