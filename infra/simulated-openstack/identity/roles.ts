// Who has which roles where.
import type { CloudState } from "../state.ts";
import type { Role } from "./records.ts";

/** The roles granted to a user on a project, without what they imply. */
export function grantedRoles(state: CloudState, userId: string, projectId: string): Role[] {
  const ids = state.grants.filter((grant) => grant.userId === userId && grant.projectId === projectId);
  return ids.flatMap(({ roleId }) => state.roles[roleId] ?? []);
}

/** Those and every role that they imply, each once. */
export function withImplied(state: CloudState, roles: Role[]): Role[] {
  const all = [...roles];
  for (const role of all) {
    for (const id of role.implies) {
      const implied = state.roles[id];
      if (implied && !all.includes(implied)) all.push(implied);
    }
  }
  return all;
}

export const effectiveRoles = (state: CloudState, userId: string, projectId: string): Role[] =>
  withImplied(state, grantedRoles(state, userId, projectId));
