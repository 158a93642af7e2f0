// From what a person names (a project's id or name, a user's name) to the project that an image is shared with, through the provider's directory.
import { type Cloud, OpenStackFault, type Project, type User } from "../openstack/index.ts";
import { withOurCredential } from "../providers/own-credential.ts";
import type { NotFoundThere, Resolution } from "./shared-project.ts";

/** Without a directory an id is taken as it is, and marked so. */
export async function projectOfId(directory: Cloud | undefined, id: string): Promise<Resolution> {
  if (!directory) return { project: { id, checked: false } };
  const project = await looked(directory.directory.getProject(id));
  if (!project) return { refused: unknownProject(id) };
  return usable(project);
}

/** `domain`: its id or name; left out, every domain that the directory sees. */
export async function projectOfName(directory: Cloud, name: string, domain?: string): Promise<Resolution> {
  const domainId = domain === undefined ? undefined : await domainOf(directory, domain);
  if (domainId === null) return { refused: unknownDomain(domain ?? "") };
  const projects = (await looked(directory.directory.findProjects(name, domainId))) ?? [];
  const [project, ...others] = projects;
  if (!project) return { refused: unknownProject(name) };
  if (others.length > 0) return { refused: severalDomains("projects", name, projects) };
  return usable(project);
}

/** The user's default project, if the user has a role there; else the only one; else whoever asks must choose. */
export async function projectOfUser(directory: Cloud, name: string, domain?: string): Promise<Resolution> {
  const domainId = domain === undefined ? undefined : await domainOf(directory, domain);
  if (domainId === null) return { refused: unknownDomain(domain ?? "") };
  const users = (await looked(directory.directory.findUsers(name, domainId))) ?? [];
  const [user, ...others] = users;
  if (!user?.enabled) {
    const detail = `There is no user ${name}${domain === undefined ? "" : ` in the domain ${domain}`}.`;
    return { refused: { detail, remedy: "Ask them for their user name and domain on this cloud." } };
  }
  if (others.length > 0) return { refused: severalDomains("users", name, users) };
  return await homeOf(directory, user);
}

async function homeOf(directory: Cloud, user: User): Promise<Resolution> {
  const all = (await looked(directory.directory.projectsOfUser(user.id))) ?? [];
  const projects = all.filter(({ enabled }) => enabled);
  const usual = projects.find(({ id }) => id === user.defaultProjectId);
  const [only, ...others] = projects;
  const home = usual ?? (others.length === 0 ? only : undefined);
  const { id, name } = user;
  if (home) return { project: { id: home.id, name: home.name, checked: true, user: { id, name } } };
  if (projects.length === 0) {
    const detail = `${name} has a role in no project, and images are shared with projects.`;
    return { refused: { detail, remedy: "Ask them for a project in which they work." } };
  }
  const choices = projects.map((project) => ({ id: project.id, name: project.name }));
  return {
    refused: {
      detail: `${name} works in ${choices.length} projects: ${choices
        .map((one) => one.name)
        .join(", ")
        .slice(0, 500)}.`,
      remedy: "Ask them which one is meant, and name that project by its id.",
      choices,
    },
  };
}

/** Undefined stands for every domain, null for one that there is not. */
async function domainOf(directory: Cloud, domain: string): Promise<string | null> {
  if (domain === "default") return domain;
  const [named] = (await looked(directory.directory.findDomains(domain))) ?? [];
  if (named) return named.id;
  return /^[0-9a-f]{32}$/.test(domain) ? domain : null;
}

function usable({ id, name, enabled }: Project): Resolution {
  if (enabled) return { project: { id, name, checked: true } };
  return { refused: { detail: `The project ${name} is disabled.`, remedy: "Name another project." } };
}

function unknownProject(named: string): NotFoundThere {
  return { detail: `There is no project ${named}.`, remedy: "Ask for the project's id: `openstack project show`." };
}

function unknownDomain(domain: string): NotFoundThere {
  return { detail: `There is no domain ${domain}.`, remedy: "Leave it out, or name a domain of this cloud." };
}

function severalDomains(what: string, name: string, found: readonly { domainId: string }[]): NotFoundThere {
  const choices = found.map(({ domainId }) => ({ id: domainId, name }));
  return {
    detail: `Several ${what} are called ${name}, each in a domain of its own.`,
    remedy: "Name the domain too: one of `choices`, by its id.",
    choices,
  };
}

/** Undefined: it is not there. Nobody is told so where it is our own credential that may not look up. */
async function looked<Found>(asked: Promise<Found>): Promise<Found | undefined> {
  try {
    return await withOurCredential(asked, { entry: "directoryCloud", may: "look up people and projects" });
  } catch (error) {
    if (error instanceof OpenStackFault && (error.kind === "notFound" || error.kind === "badRequest")) return undefined;
    throw error;
  }
}
