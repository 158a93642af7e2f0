// The demo's projects, users, roles and who has which where.
import type { Grant, Project, Role, SystemGrant, User } from "../identity/records.ts";
import { hashSecret } from "../identity/secrets.ts";
import { demoIds } from "./ids.ts";

/** Of every user of the demo. */
export const demoPassword = "simulated";

type People = {
  projects: Record<string, Project>;
  users: Record<string, User>;
  roles: Record<string, Role>;
  grants: Grant[];
  systemGrants: SystemGrant[];
};

export function seedPeople(): People {
  const { projects, roles, users } = demoIds;
  return {
    projects: byId([
      project("astro-lab", "Telescopes and what they saw"),
      project("bio-lab", "Genomes"),
      project("imaging", "Where Darkroom's service user is at home"),
      project("staff", "Those who approve images"),
      project("admin", "The operators"),
    ]),
    users: byId([
      { ...user("alice", "astro-lab"), email: "alice@simulated.invalid" },
      user("bob", "bio-lab"),
      user("carol", "staff"),
      user("darkroom", "imaging"),
      user("admin", "admin"),
      // Looks people and projects up, and can do nothing else.
      user("directory"),
      // Comes through the identity provider: her role in bio-lab is her group's.
      {
        ...user("fay"),
        passwordHash: "",
        federated: { mappedRoles: [{ projectId: projects["bio-lab"], roleId: roles.member }] },
      },
    ]),
    roles: byId([
      // As keystone-manage bootstrap makes them: admin implies member, member implies reader.
      { id: roles.admin, name: "admin", implies: [roles.member], immutable: true },
      { id: roles.member, name: "member", implies: [roles.reader], immutable: true },
      { id: roles.reader, name: "reader", implies: [], immutable: true },
      { id: roles["imaging-staff"], name: "imaging-staff", implies: [], immutable: false },
    ]),
    grants: [
      { userId: users.alice, projectId: projects["astro-lab"], roleId: roles.member },
      { userId: users.bob, projectId: projects["bio-lab"], roleId: roles.member },
      { userId: users.carol, projectId: projects.staff, roleId: roles["imaging-staff"] },
      { userId: users.darkroom, projectId: projects.imaging, roleId: roles.member },
      { userId: users.admin, projectId: projects.admin, roleId: roles.admin },
    ],
    systemGrants: [
      { userId: users.admin, roleId: roles.admin },
      { userId: users.directory, roleId: roles.reader },
    ],
  };
}

const project = (name: keyof typeof demoIds.projects, description: string): Project => ({
  id: demoIds.projects[name],
  name,
  description,
  enabled: true,
});

const user = (name: keyof typeof demoIds.users, home?: keyof typeof demoIds.projects): User => ({
  id: demoIds.users[name],
  name,
  enabled: true,
  passwordHash: hashSecret(demoPassword),
  defaultProjectId: home === undefined ? null : demoIds.projects[home],
});

const byId = <Item extends { id: string }>(items: Item[]): Record<string, Item> =>
  Object.fromEntries(items.map((item) => [item.id, item]));
