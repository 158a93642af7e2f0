// With whom a new image is to be shared: every project and user of the request, found and checked at the door.
import type { ImageRequestBody } from "../../events/image-request.ts";
import { projectOfId, projectOfUser } from "../directory/find-project.ts";
import type { Resolution } from "../directory/shared-project.ts";
import type { Cloud } from "../openstack/index.ts";
import { type FieldError, type Problem, problem } from "./problem.ts";

/** As it is kept on the request: one entry a project, whoever was named to reach it. */
export interface SharedWith {
  readonly id: string;
  readonly name?: string;
  /** False: nobody looked whether there is such a project. */
  readonly checked: boolean;
  readonly users?: readonly { readonly id: string; readonly name: string }[];
}

/** So many are looked up at a time; each takes up to two calls. */
const lookUpsAtOnce = 8;

/** Users need a directory: `beyondLimits` has refused them where there is none. `projectId`: the requester's own, with which nothing needs to be shared. */
export async function resolveShare(
  directory: Cloud | undefined,
  { projects, users }: ImageRequestBody["share"],
  projectId: string,
): Promise<{ sharedWith: SharedWith[]; errors: FieldError[] }> {
  const wanted = [
    ...projects.map((id, at) => ({ field: `share.projects.${at}`, find: () => projectOfId(directory, id) })),
    ...(directory
      ? users.map((name, at) => ({ field: `share.users.${at}`, find: () => projectOfUser(directory, name) }))
      : []),
  ];
  const found = new Map<string, SharedWith>();
  const errors: FieldError[] = [];
  for (let at = 0; at < wanted.length; at += lookUpsAtOnce) {
    const some = wanted.slice(at, at + lookUpsAtOnce);
    const resolutions = await Promise.all(some.map(async ({ field, find }) => ({ field, resolution: await find() })));
    for (const { field, resolution } of resolutions) {
      const detail = whyNot(resolution, projectId);
      if (detail !== undefined) errors.push({ field, detail });
      else if ("project" in resolution) add(found, resolution.project);
    }
  }
  return { sharedWith: [...found.values()], errors };
}

function whyNot(resolution: Resolution, projectId: string): string | undefined {
  if ("project" in resolution)
    return resolution.project.id === projectId ? "is the image's own project, which has it anyway" : undefined;
  const { detail, remedy, choices } = resolution.refused;
  const named = choices ? ` (${choices.map(({ id, name }) => `${name}: ${id}`).join(", ")})` : "";
  return `${detail}${named} ${remedy}`;
}

function add(
  found: Map<string, SharedWith>,
  { user, ...project }: Extract<Resolution, { project: unknown }>["project"],
) {
  const known = found.get(project.id) ?? project;
  const users = [...(found.get(project.id)?.users ?? []), ...(user ? [user] : [])];
  found.set(project.id, { ...known, ...project, ...(users.length > 0 && { users }) });
}

/** Where a name is given and nobody can look it up. */
export function noDirectory(field: string): Problem {
  const detail = "Names cannot be looked up on this provider: it has no directory.";
  const remedy = "Ask them for their project's id (`openstack project show`), and share with that.";
  return problem("no-directory", "Names cannot be looked up", detail, { remedy, errors: [{ field, detail }] });
}
