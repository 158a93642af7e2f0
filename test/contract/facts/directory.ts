// Keystone: who finds people and projects, and signing in for another scope.
import type { Credentials } from "../../../lib/openstack/index.ts";
import { fact, type Subject } from "../fact.ts";
import { refusalOf } from "../props.ts";
import type { Person } from "../stage.ts";

const nobody = "0".repeat(32);

/** The person's own password, for another scope. */
async function passwordOf({ config }: Person, scope: object): Promise<Credentials> {
  const { credentials } = config;
  if (credentials.type !== "password") throw new Error("the contract's people have passwords");
  const { user, password } = credentials;
  return { type: "password", user, password, ...scope };
}

export const directory: Subject = {
  name: "directory",
  facts: [
    fact("Any token is told in which projects its user may work", async ({ owner }) => {
      const { project } = await owner.cloud.token();
      const projects = await owner.cloud.identity.listMyProjects();
      expect(projects).toContainEqual({ ...project, enabled: true });
      return projects.length;
    }),
    fact(
      "A token makes another for a project of its user; methods are kept, and it is no delegation",
      async (stage) => {
        const { id, project } = await stage.owner.cloud.token();
        const again = { type: "token", token: id, scope: { id: project?.id ?? "" } } as const;
        const token = await stage.service.cloud.asUser(again).token();
        expect(token.project?.id).toBe(project?.id);
        return { methods: [...token.methods].sort(), delegation: token.isApplicationCredential };
      },
    ),
    fact(
      "A project in which the user has no role is 401, the same as one that does not exist",
      async ({ owner, other }) => {
        const theirs = (await other.cloud.token()).project?.id ?? "";
        const refusals = [];
        for (const id of [theirs, nobody]) {
          refusals.push(await refusalOf(owner.cloud.asUser(await passwordOf(owner, { scope: { id } })).token()));
        }
        expect(refusals[0]).toMatchObject({ kind: "credentialRevoked", status: 401 });
        expect(refusals[1]).toEqual(refusals[0]);
        return refusals;
      },
    ),
    fact("A member finds nobody and nothing: 403", async ({ owner }) => {
      const { directory } = owner.cloud;
      const { user } = await owner.cloud.token();
      const refusals = [
        await refusalOf(directory.findUsers(user.name)),
        await refusalOf(directory.findProjects("admin")),
        await refusalOf(directory.findDomains("Default")),
        await refusalOf(directory.projectsOfUser(nobody)),
      ];
      expect(refusals.map(({ kind }) => kind)).toEqual(["forbidden", "forbidden", "forbidden", "forbidden"]);
      return refusals;
    }),
    fact(
      "An administrator finds a user by name in any case, the projects of the user, and a project by name and id",
      async (stage) => {
        const { user, project } = await stage.owner.cloud.token();
        const { directory } = stage.admin.cloud;
        const [found] = await directory.findUsers(user.name.toUpperCase(), user.domainId);
        expect(found).toMatchObject({ id: user.id, name: user.name, enabled: true, defaultProjectId: project?.id });
        expect(await directory.getUser(user.id)).toEqual(found);
        const [named] = await directory.findProjects(project?.name ?? "");
        expect(await directory.getProject(project?.id ?? "")).toEqual(named);
        expect(await directory.projectsOfUser(user.id)).toContainEqual(named);
        const [domain] = await directory.findDomains("Default");
        return { domain, ofUser: found?.domainId, ofProject: named?.domainId };
      },
    ),
    fact("What does not exist is an empty list by name, and 404 by id", async ({ admin }) => {
      const { directory } = admin.cloud;
      const lists = [
        await directory.findUsers("no such user"),
        await directory.findProjects("no such project"),
        await directory.findUsers("admin", nobody),
        await directory.findDomains("no such domain"),
      ];
      const refusals = [await refusalOf(directory.getProject(nobody)), await refusalOf(directory.getUser(nobody))];
      expect(lists).toEqual([[], [], [], []]);
      expect(refusals.map(({ kind }) => kind)).toEqual(["notFound", "notFound"]);
      return { lists, refusals };
    }),
    fact(
      "Who has a role on the whole system signs in for it, has no project then, and finds people",
      async ({ admin, owner }) => {
        const onSystem = admin.cloud.asUser(await passwordOf(admin, { widerScope: { system: { all: true } } }));
        const token = await onSystem.token();
        const { user } = await owner.cloud.token();
        expect(token.project).toBeUndefined();
        expect((await onSystem.directory.findUsers(user.name)).map(({ id }) => id)).toEqual([user.id]);
        return token.roles.map(({ name }) => name).sort();
      },
    ),
    fact("Who has none there does not: 401", async ({ owner }) => {
      const onSystem = owner.cloud.asUser(await passwordOf(owner, { widerScope: { system: { all: true } } }));
      const refusal = await refusalOf(onSystem.token());
      expect(refusal).toMatchObject({ kind: "credentialRevoked" });
      return refusal;
    }),
  ],
};
