// Nova: a server's life, its lock, its stop, its console, and lists. One server, looked at from boot to deletion; the subject of snapshots is in the middle.
import type { Cloud } from "../../../lib/openstack/index.ts";
import { all } from "../../../lib/openstack/pages.ts";
import { fact, type Subject } from "../fact.ts";
import { nova } from "../plain-ask.ts";
import { act, baseImage, flavorNamed, goneOrNot, mainServer, refusalOf, serverIn } from "../props.ts";
import { snapshotFacts } from "./snapshots.ts";

const unknown = "11111111-1111-4111-8111-111111111111";

export const servers: Subject = {
  name: "servers",
  facts: [
    fact("Servers are found by the image that they were booted from, by members too", async (stage) => {
      const [id, imageId] = [await mainServer(stage), await baseImage(stage)];
      const found = await all(stage.owner.cloud.compute.listServers({ imageId }));
      expect(found.map((server) => server.id)).toContain(id);
      const { json } = await stage.owner.ask("compute", "GET", "/servers?image=00000000-0000-4000-8000-000000000000");
      expect(json.servers).toEqual([]);
      return null;
    }),
    fact("A server that was booted is ACTIVE, idle, and as it was asked for", async (stage) => {
      const server = await stage.owner.cloud.compute.getServer(await mainServer(stage));
      expect(server).toMatchObject({
        name: stage.nameOf("main"),
        status: "ACTIVE",
        taskState: null,
        imageId: await baseImage(stage),
        metadata: { contract: "main" },
      });
      const { vmState, powerState, locked, lockedReason, configDrive, volumesAttached, flavor, fault } = server;
      const { name, diskGib, ramMib, vcpus } = flavor;
      return {
        vmState,
        powerState,
        locked,
        lockedReason,
        configDrive,
        volumesAttached,
        fault,
        name,
        diskGib,
        ramMib,
        vcpus,
      };
    }),
    fact("A server's fields at 2.73", async (stage) => {
      const headers = nova("2.73");
      const { json } = await stage.owner.ask("compute", "GET", `/servers/${await mainServer(stage)}`, { headers });
      return Object.keys(json.server).sort();
    }),
    fact("Another project's server is 404, as one that does not exist", async (stage) => {
      const theirs = await refusalOf(stage.other.cloud.compute.getServer(await mainServer(stage)));
      const nobodys = await refusalOf(stage.owner.cloud.compute.getServer(unknown));
      expect([theirs.kind, nobodys.kind]).toEqual(["notFound", "notFound"]);
      return { theirs, nobodys };
    }),
    fact("Nova drops a member's ?metadata= filter silently and lists every server", async (stage) => {
      const id = await mainServer(stage);
      const query = `?metadata=${encodeURIComponent('{"x":"nope"}')}`;
      const { status, json } = await stage.owner.ask("compute", "GET", `/servers${query}`);
      expect(json.servers.map((server: { id: string }) => server.id)).toContain(id);
      return status;
    }),
    fact(
      "?name=^…$ finds the server of exactly that name, any other pattern what it matches anywhere",
      async (stage) => {
        const id = await mainServer(stage);
        const found = async (name: string) => {
          const { json } = await stage.owner.ask("compute", "GET", `/servers?name=${encodeURIComponent(name)}`);
          return json.servers.filter((server: { id: string }) => server.id === id).length;
        };
        const seen = [
          await found(`^${stage.nameOf("main")}$`),
          await found(`^${stage.nameOf("mai")}$`),
          await found(stage.nameOf("mai")),
        ];
        expect(seen).toEqual([1, 0, 1]);
        const { compute } = stage.owner.cloud;
        for (const filter of [{ name: stage.nameOf("main") }, { namePattern: `${stage.mark}-mai`, status: "ACTIVE" }]) {
          expect((await all(compute.listServers(filter))).map((server) => server.id)).toContain(id);
        }
        return seen;
      },
    ),
    fact("A page of servers has a link to the next one", async (stage) => {
      await mainServer(stage);
      const { json } = await stage.owner.ask("compute", "GET", "/servers?limit=1");
      expect(json.servers).toHaveLength(1);
      const [link] = json.servers_links;
      return { rel: link.rel, query: [...new URL(link.href).searchParams.keys()].sort() };
    }),
    fact("A list of servers of all projects is not for members: 403", async ({ owner }) => {
      const refusal = await refusalOf(all(owner.cloud.compute.listServers({ allProjects: true })));
      expect(refusal).toMatchObject({ kind: "forbidden" });
      return refusal;
    }),
    fact(
      "Servers come page by page, each after the last one of the page before; a marker that is none is 400",
      async (stage) => {
        const { compute } = stage.owner.cloud;
        const id = await mainServer(stage);
        const name = stage.nameOf("main");
        const first = await compute.serverPage({ name, pageSize: 1 });
        const second = await compute.serverPage({ name, pageSize: 1 }, first.next);
        const refusal = await refusalOf(compute.serverPage({ pageSize: 1 }, unknown));
        expect(first.servers).toMatchObject([{ id, volumesAttached: [], taskState: null }]);
        expect({ next: first.next, second }).toEqual({ next: id, second: { servers: [], next: undefined } });
        expect(refusal).toMatchObject({ kind: "badRequest" });
        return refusal;
      },
    ),
    fact("Flavors and limits are for members to see", async ({ owner }) => {
      const flavors = await owner.cloud.compute.listFlavors();
      const limits = await owner.cloud.compute.getLimits();
      expect(limits.instances.used).not.toBe("unknown");
      const nano = flavors.find(({ name }) => name === "m1.nano");
      return { ...nano, id: undefined };
    }),
    fact("An unsupported microversion is 406", async ({ owner }) => {
      const { status, json } = await owner.ask("compute", "GET", "/servers", { headers: nova("2.9999") });
      expect(status).toBe(406);
      return Object.keys(json);
    }),
    fact("An unknown action is 400", async (stage) => {
      const { status, json } = await act(stage.owner, await mainServer(stage), { nonsense: null });
      expect(status).toBe(400);
      return { status, key: Object.keys(json) };
    }),
    fact("The console of a running server is text, of another's 404", async (stage) => {
      const id = await mainServer(stage);
      expect(typeof (await stage.owner.cloud.compute.getConsole(id, { length: 10 }))).toBe("string");
      return refusalOf(stage.other.cloud.compute.getConsole(id));
    }),
    fact("A server that runs already: os-start is 409 vm_state active, a success to our client", async (stage) => {
      const id = await mainServer(stage);
      const { status, json } = await act(stage.owner, id, { "os-start": null });
      await stage.owner.cloud.compute.startServer(id);
      expect(status).toBe(409);
      return {
        keys: Object.keys(json),
        code: json.conflictingRequest.code,
        message: withoutId(json.conflictingRequest.message, id),
      };
    }),
    fact("The owner's own lock stops the owner's stop, start, reboot and deletion: 409, is locked", async (stage) => {
      const id = await mainServer(stage);
      const { owner } = stage;
      const { compute } = owner.cloud;
      expect(await compute.lockServer(id, "the contract")).toEqual({ reasonShown: true });
      const seen = [
        await refusalOf(compute.stopServer(id)),
        await refusalOf(compute.startServer(id)),
        await refusalOf(compute.deleteServer(id)),
      ];
      const reboot = await act(owner, id, { reboot: { type: "HARD" } });
      expect(seen.map(({ reason }) => reason)).toEqual([{ locked: true }, { locked: true }, { locked: true }]);
      return { seen, reboot: reboot.status, message: withoutId(reboot.json.conflictingRequest.message, id) };
    }),
    fact("A lock shows its reason, and a second lock by the owner changes nothing", async (stage) => {
      const id = await mainServer(stage);
      const { compute } = stage.owner.cloud;
      await compute.lockServer(id, "another reason");
      const { locked, lockedReason } = await compute.getServer(id);
      expect({ locked, lockedReason }).toEqual({ locked: true, lockedReason: "the contract" });
      return { locked, lockedReason };
    }),
    fact(
      "An administrator who locks a locked server without a reason leaves the owner's on it; the record tells them apart",
      async (stage) => {
        const id = await mainServer(stage);
        const { compute } = stage.owner.cloud;
        const locker = async () =>
          (await compute.listInstanceActions(id)).find(({ action }) => action === "lock")?.userId;
        const idOf = async ({ cloud }: { cloud: Cloud }) => (await cloud.token()).user.id;
        expect(await locker()).toBe(await idOf(stage.owner));
        await act(stage.admin, id, { lock: null });
        const { locked, lockedReason } = await compute.getServer(id);
        expect({ locked, lockedReason }).toEqual({ locked: true, lockedReason: "the contract" });
        expect(await locker()).toBe(await idOf(stage.admin));
        await act(stage.admin, id, { unlock: null });
        await compute.lockServer(id, "the contract");
        return { locked, lockedReason };
      },
    ),
    fact("A locked server can be renamed", async (stage) => {
      const path = `/servers/${await mainServer(stage)}`;
      const body = { server: { name: stage.nameOf("main") } };
      const { status } = await stage.owner.ask("compute", "PUT", path, { body });
      expect(status).toBe(200);
      return status;
    }),
    fact("The owner takes their own lock away, also where there is none", async (stage) => {
      const id = await mainServer(stage);
      await stage.owner.cloud.compute.unlockServer(id);
      await stage.owner.cloud.compute.unlockServer(id);
      const { locked, lockedReason } = await stage.owner.cloud.compute.getServer(id);
      return { locked, lockedReason };
    }),
    fact("An administrator's lock is not the owner's to undo: 403, and the owner's stop is 409", async (stage) => {
      const id = await mainServer(stage);
      await act(stage.admin, id, { lock: null });
      const { compute } = stage.owner.cloud;
      const seen = { unlock: await refusalOf(compute.unlockServer(id)), stop: await refusalOf(compute.stopServer(id)) };
      await act(stage.admin, id, { unlock: null });
      expect(seen).toMatchObject({ unlock: { kind: "forbidden" }, stop: { reason: { locked: true } } });
      return seen;
    }),
    fact(
      "Right after os-stop a server is ACTIVE still, powering-off; createImage then is 409 with that task state",
      async (stage) => {
        const id = await mainServer(stage);
        const { compute } = stage.owner.cloud;
        await compute.stopServer(id);
        const [{ status, taskState }, refusal] = await Promise.all([
          compute.getServer(id),
          refusalOf(compute.createImage(id, { name: stage.nameOf("too-early"), metadata: {} })),
        ]);
        expect({ status, taskState }).toEqual({ status: "ACTIVE", taskState: "powering-off" });
        expect(refusal).toMatchObject({ kind: "conflict", reason: { taskState: "powering-off" } });
        return { status, taskState, refusal };
      },
    ),
    fact("A server that is powering off is SHUTOFF, stopped and shut down in the end", async (stage) => {
      const { status, vmState, powerState } = await serverIn(stage, await mainServer(stage), "SHUTOFF");
      return { status, vmState, powerState };
    }),
    fact("os-stop on SHUTOFF is 409 vm_state stopped, a success to our client", async (stage) => {
      const id = await mainServer(stage);
      const { status, json } = await act(stage.owner, id, { "os-stop": null });
      await stage.owner.cloud.compute.stopServer(id);
      expect(status).toBe(409);
      return { status, message: withoutId(json.conflictingRequest.message, id) };
    }),
    fact("A SHUTOFF server has no console: 404", async (stage) => {
      const refusal = await refusalOf(stage.owner.cloud.compute.getConsole(await mainServer(stage)));
      expect(refusal).toMatchObject({ kind: "notFound", status: 404 });
      return refusal;
    }),
    ...snapshotFacts,
    fact("A stopped server is started, and ACTIVE in the end", async (stage) => {
      const id = await mainServer(stage);
      await stage.owner.cloud.compute.startServer(id);
      const { vmState, powerState } = await serverIn(stage, id, "ACTIVE");
      return { vmState, powerState };
    }),
    fact(
      "A deleted server is 404, deleting it again is no failure, and what was done to it can still be asked",
      async (stage) => {
        const id = await mainServer(stage);
        const { compute } = stage.owner.cloud;
        await compute.deleteServer(id);
        await stage.until("the server to go", () => goneOrNot(compute.getServer(id)));
        await compute.deleteServer(id);
        const actions = await compute.listInstanceActions(id);
        expect(actions.map(({ action }) => action)).toContain("delete");
        const { status } = await stage.owner.ask("compute", "DELETE", `/servers/${id}`);
        return { status, last: actions[0]?.action, first: actions.at(-1)?.action };
      },
    ),
    fact("Booting needs `networks` from 2.37 on, and takes `none` only from there", async (stage) => {
      const server = {
        name: stage.nameOf("never"),
        imageRef: await baseImage(stage),
        flavorRef: await flavorNamed(stage, "m1.nano"),
      };
      const asking = async (body: object, version: string) =>
        (await stage.owner.ask("compute", "POST", "/servers", { body: { server: body }, headers: nova(version) }))
          .status;
      const seen = [await asking(server, "2.37"), await asking({ ...server, networks: "none" }, "2.36")];
      expect(seen).toEqual([400, 400]);
      return seen;
    }),
  ],
};

const withoutId = (message: string, id: string) => message.replaceAll(id, "ID");
