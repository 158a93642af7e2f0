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

/** The roles on the whole system, with what they imply. */
export function systemRoles(state: CloudState, userId: string): Role[] {
  const granted = state.systemGrants.filter((grant) => grant.userId === userId);
  return withImplied(
    state,
    granted.flatMap(({ roleId }) => state.roles[roleId] ?? []),
  );
}

/** The user's own, and those of the groups into which the federation's mapping puts the user (keystone/models/token_model.py, _get_project_roles). */
export function federatedRoles(state: CloudState, userId: string, projectId: string): Role[] {
  const mapped = state.users[userId]?.federated?.mappedRoles.filter((one) => one.projectId === projectId) ?? [];
  const roles = [
    ...grantedRoles(state, userId, projectId),
    ...mapped.flatMap(({ roleId }) => state.roles[roleId] ?? []),
  ];
  return withImplied(state, [...new Set(roles)]);
}

export const effectiveRoles = (state: CloudState, userId: string, projectId: string): Role[] =>
  withImplied(state, grantedRoles(state, userId, projectId));
