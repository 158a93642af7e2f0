// Keystone's people and projects, for who may look them up: a reader of the system or of their domain; for a plain member all is `forbidden` (measured on Zed).
import * as z from "zod";
import type { Ask, Calls } from "./calls.ts";
import { segment } from "./segment.ts";

export interface Directory {
  /** By name, which is unique in a domain only. Keystone compares without regard to case where its database does. */
  findUsers(name: string, domainId?: string): Promise<User[]>;
  findProjects(name: string, domainId?: string): Promise<Project[]>;
  findDomains(name: string): Promise<Domain[]>;
  getProject(id: string): Promise<Project>;
  getUser(id: string): Promise<User>;
  /** Where the user has a role, by groups too; disabled projects among them. */
  projectsOfUser(userId: string): Promise<Project[]>;
}

export interface User {
  id: string;
  name: string;
  domainId: string;
  enabled: boolean;
  /** Stored without being checked (keystone/identity/core.py): it may be gone, or the user may have no role there. */
  defaultProjectId: string | undefined;
  /** An attribute that Keystone keeps and shows without knowing it (keystone/identity/schema.py allows any); unchecked. A user may read their own. */
  email?: string | undefined;
}

export interface Project {
  id: string;
  name: string;
  domainId: string;
  enabled: boolean;
}

export interface Domain {
  id: string;
  name: string;
}

const projectRecord = z
  .looseObject({ id: z.string(), name: z.string(), domain_id: z.string(), enabled: z.boolean().default(true) })
  .transform(({ id, name, domain_id, enabled }): Project => ({ id, name, domainId: domain_id, enabled }));

const userRecord = z
  .looseObject({
    id: z.string(),
    name: z.string(),
    domain_id: z.string(),
    enabled: z.boolean().default(true),
    default_project_id: z.string().nullish(),
    email: z.unknown().optional(),
  })
  .transform(
    (json): User => ({
      id: json.id,
      name: json.name,
      domainId: json.domain_id,
      enabled: json.enabled,
      defaultProjectId: json.default_project_id ?? undefined,
      ...(typeof json.email === "string" && { email: json.email }),
    }),
  );

const domainRecord = z
  .looseObject({ id: z.string(), name: z.string() })
  .transform(({ id, name }): Domain => ({ id, name }));

export const projectList = z.looseObject({ projects: z.array(projectRecord) });
const userList = z.looseObject({ users: z.array(userRecord) });
const domainList = z.looseObject({ domains: z.array(domainRecord) });

export function directoryOf(calls: Calls): Directory {
  const read = async <T>(path: string, schema: z.ZodType<T>, query?: URLSearchParams) => {
    const ask: Ask = { service: "identity", method: "GET", path, query };
    return (await calls.read(ask, schema)).body;
  };
  return {
    findUsers: async (name, domainId) => named((await read("/users", userList, wanted(name, domainId))).users, name),
    findProjects: async (name, domainId) =>
      named((await read("/projects", projectList, wanted(name, domainId))).projects, name),
    findDomains: async (name) => named((await read("/domains", domainList, wanted(name))).domains, name),
    getProject: async (id) =>
      (await read(`/projects/${segment("identity", id)}`, z.looseObject({ project: projectRecord }))).project,
    getUser: async (id) => (await read(`/users/${segment("identity", id)}`, z.looseObject({ user: userRecord }))).user,
    projectsOfUser: async (userId) =>
      (await read(`/users/${segment("identity", userId)}/projects`, projectList)).projects,
  };
}

function wanted(name: string, domainId?: string): URLSearchParams {
  return new URLSearchParams({ name, ...(domainId !== undefined && { domain_id: domainId }) });
}

/** A filter may be dropped silently; and where several names differ in case only, the one that was written is meant. */
function named<Thing extends { name: string }>(things: Thing[], name: string): Thing[] {
  const alike = things.filter((thing) => thing.name.toLowerCase() === name.toLowerCase());
  const exact = alike.filter((thing) => thing.name === name);
  return exact.length > 0 ? exact : alike;
}
