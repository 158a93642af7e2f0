// The real cloud of infra/real-openstack, seen by its people, with Darkroom's own host working on it.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type AnswerOf, connectDarkroom, type InputOf } from "../../client/index.ts";
import { startHost } from "../../infra/local/host.ts";
import { type Cloud, connect, OpenStackFault, readCloudConfig, type Server } from "../../lib/openstack/index.ts";

export const stateFolder = process.env.RIG ?? "/var/lib/openstack-rig";
/** What a caller may read in a minute by the policy is enough for it. */
const lookEveryMs = 250;

export type RealCloud = Awaited<ReturnType<typeof openRealCloud>>;

/** Throws where the cloud does not run: a test on a real cloud is never skipped. */
export async function openRealCloud(policy: Record<string, unknown> = {}) {
  const env = { OS_CLIENT_CONFIG_FILE: join(stateFolder, "clouds.yaml") };
  const people = Object.fromEntries(
    ["user-a", "user-b", "admin", "imaging"].map((name) => [name, connect(readCloudConfig(name, { env }))]),
  );
  const as = (name: string): Cloud => {
    const cloud = people[name];
    if (!cloud) throw new Error(`nobody is called ${name}`);
    return cloud;
  };
  const { project } = await as("admin").token();
  const dataFolder = mkdtempSync(join(tmpdir(), "darkroom-real-"));
  const policyFile = join(dataFolder, "policy.yaml");
  writeFileSync(
    policyFile,
    JSON.stringify({
      providers: { real: { cloud: "imaging", approvers: [{ role: "admin", project: project?.id }], ...policy } },
    }),
  );
  process.env.OS_CLIENT_CONFIG_FILE = env.OS_CLIENT_CONFIG_FILE;
  const host = await startHost({ port: 0, dataFolder, policyFile, cloudName: "imaging", simulatedSpeed: 1 });

  const call = async (person: string, method: string, path: string, body?: unknown) => {
    const { id: token } = await as(person).token();
    const answer = await fetch(`${host.url}${path}`, {
      method,
      headers: { "x-auth-token": token, "content-type": "application/json" },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    // biome-ignore lint/suspicious/noExplicitAny: what was answered is what the tests assert
    return { status: answer.status, body: (text ? JSON.parse(text) : undefined) as any };
  };

  /** Darkroom's own client, with a token of this person's. */
  const darkroomAs = (person: string) =>
    connectDarkroom({ url: host.url, token: async () => (await as(person).token()).id });

  /** Looks at a request until `until` holds; fails after `withinMs`. */
  const follow = async (id: string, until: (request: Shown) => boolean, withinMs = 900_000): Promise<Shown> => {
    const deadlineMs = Date.now() + withinMs;
    for (;;) {
      const { body } = await darkroomAs("user-a").getImageRequest({ params: { id } });
      if (until(body)) return body;
      if (Date.now() > deadlineMs) throw new Error(`request ${id} does not get there: ${JSON.stringify(body)}`);
      await sleep(lookEveryMs);
    }
  };

  /** What the functions logged under this message. */
  const logged = <Line>(message: string): Line[] =>
    readFileSync(host.logFile, "utf8")
      .split("\n")
      .flatMap((line) => {
        const json = line.slice(line.indexOf("{"));
        return json.includes(`"message":"${message}"`) ? [JSON.parse(json) as Line] : [];
      });

  return {
    /** Where Darkroom listens. */
    url: host.url,
    dataFolder,
    as,
    call,
    follow,
    darkroomAs,
    followToEnd: (id: string) => follow(id, ({ endedAt }) => endedAt !== null),
    post: async (body: Partial<Asked> & Pick<Asked, "serverId" | "name">): Promise<string> => {
      const asked: Asked = { licenseAcknowledged: true, preparation: "as-is", ...body };
      return (await darkroomAs("user-a").createImageRequest({ body: asked })).body.id;
    },
    /** Every call to the cloud that was made for a request, at the door and in the chain, from the functions' log. */
    callsLogged: (sinceMs: number): LoggedCall[] =>
      logged<LoggedCall>("call").filter(({ at }) => Date.parse(at) >= sinceMs),
    /** Every look at a request, oldest first. */
    looksLogged: (id: string): LoggedLook[] => logged<LoggedLook>("step").filter(({ requestId }) => requestId === id),
    async close() {
      await host.close();
      for (const cloud of Object.values(people)) await cloud.close();
      rmSync(dataFolder, { recursive: true, force: true });
    },
  };
}

export type Shown = AnswerOf<"getImageRequest">;
type Asked = InputOf<"createImageRequest">["body"];

export type LoggedCall = { at: string; method: string; path: string; service: string; durationMs: number };

export type LoggedLook = { at: string; requestId: string; step: string; next: string; nextLookInMs: number };

export async function imageNamed(cloud: Cloud, name: string): Promise<string> {
  for await (const image of cloud.image.listImages({ name })) return image.id;
  throw new Error(`the cloud has no image ${name}`);
}

/** A server whose guest has come up: ACTIVE alone says nothing about the guest, so its console is read. */
export async function bootServer(
  cloud: Cloud,
  name: string,
  imageId: string,
  { userData, until = /login:/ }: { userData?: string; until?: RegExp } = {},
): Promise<Server> {
  const flavor = (await cloud.compute.listFlavors()).find((each) => each.name === "m1.tiny");
  if (!flavor) throw new Error("the cloud has no flavor m1.tiny");
  const { id } = await cloud.compute.createServer({
    name,
    imageId,
    flavorId: flavor.id,
    networks: "none",
    configDrive: true,
    userData,
  });
  return await waitFor(`${name} to come up`, 600_000, async () => {
    const server = await cloud.compute.getServer(id);
    if (server.status === "ERROR") throw new Error(`${name} does not boot: ${server.fault?.message}`);
    if (server.status !== "ACTIVE") return undefined;
    const console = await cloud.compute.getConsole(id).catch(() => "");
    return until.test(console) ? server : undefined;
  });
}

export async function waitFor<Found>(
  what: string,
  withinMs: number,
  look: () => Promise<Found | undefined>,
): Promise<Found> {
  const deadlineMs = Date.now() + withinMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > deadlineMs) throw new Error(`waited ${withinMs} ms in vain for ${what}`);
    await sleep(500);
  }
}

export async function deleteServer(cloud: Cloud, id: string): Promise<void> {
  await cloud.compute.unlockServer(id).catch(() => undefined);
  await cloud.compute.deleteServer(id);
  await waitFor(`server ${id} to go`, 180_000, async () => {
    try {
      await cloud.compute.getServer(id);
      return undefined;
    } catch (error) {
      if (error instanceof OpenStackFault && error.kind === "notFound") return true;
      throw error;
    }
  });
}
