// A clouds.yaml for this cloud, for clients that read one.
import { sameSecret } from "./identity/secrets.ts";
import { demoPassword } from "./seed/people.ts";
import type { CloudState } from "./state.ts";

/** One entry for each user whose password is the demo's, in the project that is their own; named after the user. */
export function cloudsYaml(state: CloudState, authUrl: string): string {
  const entries = Object.values(state.users)
    .filter((user) => sameSecret(demoPassword, user.passwordHash))
    .flatMap(({ name, defaultProjectId }) => {
      const project = state.projects[defaultProjectId ?? ""];
      return project ? [entry(name, project.name, authUrl, state.region)] : [];
    });
  return `clouds:\n${entries.join("")}`;
}

const entry = (user: string, project: string, authUrl: string, region: string): string => `  ${user}:
    region_name: ${region}
    identity_api_version: 3
    auth:
      auth_url: ${authUrl}
      username: ${user}
      password: ${demoPassword}
      project_name: ${project}
      user_domain_name: Default
      project_domain_name: Default
`;
