// The matrix's callers and things on a real cloud: people of its Keystone, servers of nothing that are ACTIVE within seconds.
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { allOperations } from "../../events/operations/index.ts";
import { startSimulatedCloud } from "../../infra/simulated-openstack/index.ts";
import { readCloudConfig, type Server } from "../../lib/openstack/index.ts";
import { eventSecret, garbageToken, signIn } from "../strangers/callers.ts";
import { uploadedName } from "../strangers/uploaded-image.ts";
import type { Input, Venue } from "../strangers/venue.ts";
import { deleteServer, imageNamed, openRealCloud, type RealCloud, stateFolder, waitFor } from "./real-cloud.ts";

const reachWithinMs = 240_000;
const tokenForMs = 1_200_000;
const simulatedPassword = "simulated";

export async function openRealVenue(): Promise<Venue> {
  const keystone = await openKeystone();
  const staffProject = await keystone.addProject("staff");
  const role = await keystone.addRole("imaging-staff");
  const [owners, strangers] = [await keystone.projectId("demo-a"), await keystone.projectId("demo-b")];
  const people = {
    colleague: await keystone.addUser("colleague", [[owners, "member"]]),
    reader: await keystone.addUser("reader", [[owners, "reader"]]),
    staff: await keystone.addUser("staff", [
      [staffProject.id, role],
      [strangers, role],
      [owners, "member"],
    ]),
  };
  const cloud = await openRealCloud({
    approvers: [{ role, project: staffProject.id }],
    callsPerMinute: { reading: 10_000, changing: 10_000 },
    visibilities: ["private", "shared", "community", "public"],
    staffCloud: "admin",
    directoryCloud: "admin",
    eventSecret,
  });
  const servers = await bootServers(cloud, ["waiting", "asking", "finished", "free"]);
  const elsewhere = await startSimulatedCloud();
  const { authUrl, password } = keystone;
  const signed = (user: string, project?: string) =>
    signIn(authUrl, { user, password, ...(project !== undefined && { project }) });
  const revoked = await signed("user-a", "demo-a");
  await keystone.revoke(revoked);

  const fresh: Record<Parameters<Venue["token"]>[0], () => Promise<string | undefined>> = {
    owner: () => signed("user-a", "demo-a"),
    colleague: () => signed(people.colleague, "demo-a"),
    reader: () => signed(people.reader, "demo-a"),
    staff: () => signed(people.staff, staffProject.name),
    stranger: () => signed("user-b", "demo-b"),
    elsewhere: () => signed(people.staff, "demo-b"),
    unscoped: () => signed("user-a"),
    nobody: async () => undefined,
    expired: async () => revoked,
    garbage: async () => garbageToken,
    foreign: () => signIn(elsewhere.authUrl, { user: "alice", password: simulatedPassword, project: "astro-lab" }),
    staffAsMember: () => signed(people.staff, "demo-a"),
  };
  const kept = new Map<string, { token: string | undefined; untilMs: number }>();
  const token: Venue["token"] = async (caller) => {
    const known = kept.get(caller);
    if (known && known.untilMs > Date.now()) return known.token;
    const made = await fresh[caller]();
    kept.set(caller, { token: made, untilMs: Date.now() + tokenForMs });
    return made;
  };
  const call: Venue["call"] = (operation, tokenId, input) => callOverHttp(cloud.url, operation, tokenId, input);

  return {
    provider: "real",
    stranger: "user-b",
    password,
    imageUrl: await imageUrlOf(cloud),
    token,
    server: async (which) => servers[which].id,
    owner: async () => (await cloud.as("user-a").token()).user.id,
    project: async (whose) => (whose === "owner" ? owners : strangers),
    call,
    async reach(id, status) {
      await waitFor(`request ${id} to be ${status}`, reachWithinMs, async () => {
        const { body } = await call("get-image-request", await token("owner"), { params: { id } });
        if (body.status === status || (status === "ended" && body.endedAt !== null)) return true;
        if (body.endedAt !== null) throw new Error(`request ${id} is ${body.status}: ${JSON.stringify(body.problem)}`);
        return undefined;
      });
    },
    rest: async () => undefined,
    state: () =>
      stateOf(
        cloud,
        async () => (await call("list-image-requests", await token("owner"), { query: { limit: "100" } })).body,
      ),
    async close() {
      await elsewhere.close();
      await cleanUp(cloud, owners, Object.values(servers));
      await cloud.close();
      await keystone.removeAdded();
    },
  };
}

async function callOverHttp(url: string, id: string, token: string | undefined, input: Input) {
  const operation = allOperations.find((each) => each.id === id);
  if (!operation) throw new Error(`there is no operation ${id}`);
  const path = operation.path.replaceAll(/\{(\w+)\}/g, (_all, name) => encodeURIComponent(input.params?.[name] ?? ""));
  const query = new URLSearchParams(input.query).toString();
  const answer = await fetch(`${url}${path}${query && `?${query}`}`, {
    method: operation.method,
    headers: {
      ...input.headers,
      ...(token !== undefined && { "x-auth-token": token }),
      ...(input.body !== undefined && { "content-type": "application/json" }),
    },
    ...(input.body !== undefined && { body: JSON.stringify(input.body) }),
  });
  const text = await answer.text();
  const isJson = answer.headers.get("content-type")?.includes("json");
  return {
    status: answer.status,
    headers: Object.fromEntries(answer.headers),
    body: isJson ? JSON.parse(text) : text || undefined,
  };
}

/** What any of the calls could have changed; times at which the chain looks again are left out. */
async function stateOf(cloud: RealCloud, requests: () => Promise<{ requests: Record<string, unknown>[] }>) {
  const images: unknown[] = [];
  const admin = cloud.as("admin");
  for await (const image of admin.image.listImages({})) images.push(image);
  const servers: unknown[] = [];
  for await (const { id, status, taskState, locked, metadata } of cloud.as("user-a").compute.listServers({})) {
    servers.push({ id, status, taskState, locked, metadata });
  }
  const { user } = await cloud.as("user-a").token();
  return {
    images,
    servers,
    trusts: await cloud.as("user-a").identity.listTrusts({ trustorUserId: user.id }),
    requests: (await requests()).requests.map(({ updatedAt: _at, waitingFor: _waiting, ...request }) => request),
  };
}

async function bootServers<Name extends string>(
  cloud: RealCloud,
  names: readonly Name[],
): Promise<Record<Name, Server>> {
  const member = cloud.as("user-a");
  const imageId = await imageNamed(member, "blank");
  const flavor = (await member.compute.listFlavors()).find(({ name }) => name === "m1.nano");
  if (!flavor) throw new Error("the cloud has no flavor m1.nano");
  const booted = names.map(async (name) => {
    const { id } = await member.compute.createServer({
      name: `strangers-${name}`,
      imageId,
      flavorId: flavor.id,
      networks: "none",
    });
    const server = await waitFor(`server ${name} to come up`, 120_000, async () => {
      const now = await member.compute.getServer(id);
      if (now.status === "ERROR") throw new Error(`server ${name} does not boot: ${now.fault?.message}`);
      return now.status === "ACTIVE" ? now : undefined;
    });
    return [name, server];
  });
  return Object.fromEntries(await Promise.all(booted));
}

async function imageUrlOf(cloud: RealCloud): Promise<string> {
  const { catalog } = await cloud.as("user-a").token();
  const endpoint = catalog.find(({ type }) => type === "image")?.endpoints.find((each) => each.interface === "public");
  if (!endpoint) throw new Error("the cloud's catalogue has no image service");
  return endpoint.url.replace(/\/(v2\/?)?$/, "");
}

/** Requests that are under way end first: they hold servers. */
async function cleanUp(cloud: RealCloud, projectId: string, servers: readonly Server[]): Promise<void> {
  const { body } = await cloud.call("user-a", "GET", "/v1/image-requests?limit=100");
  for (const { id, endedAt } of body.requests) {
    if (endedAt !== null) continue;
    await cloud.call("user-a", "POST", `/v1/image-requests/${id}/cancel`, {});
    await cloud.followToEnd(id);
  }
  for (const { id } of servers) await deleteServer(cloud.as("user-a"), id);
  const madeHere = new Set(body.requests.map(({ id }: { id: string }) => id));
  for await (const { id, name, properties } of cloud.as("user-a").image.listImages({ owner: projectId })) {
    if (madeHere.has(properties.darkroom_request) || name?.startsWith(uploadedName))
      await cloud.as("user-a").image.deleteImage(id);
  }
}

/** Its administrator's hand: adds people for the time of the test. */
async function openKeystone() {
  const config = readCloudConfig("admin", { env: { OS_CLIENT_CONFIG_FILE: join(stateFolder, "clouds.yaml") } });
  if (config.credentials.type !== "password") throw new Error("the administrator's entry holds no password");
  const { password } = config.credentials;
  const authUrl = config.authUrl.replace(/\/$/, "");
  const token = await signIn(authUrl, { user: "admin", password, project: "admin" });
  const run = randomBytes(3).toString("hex");
  const added: string[] = [];
  const ask = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const answer = await fetch(`${authUrl}${path}`, {
      method,
      headers: { "x-auth-token": token, "content-type": "application/json", ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    // biome-ignore lint/suspicious/noExplicitAny: Keystone's own answers
    return (answer.status === 204 ? undefined : await answer.json()) as any;
  };
  const add = async (kind: "project" | "role" | "user", name: string, more: object = {}) => {
    const made = (await ask("POST", `/${kind}s`, { [kind]: { name: `${name}-${run}`, ...more } }))[kind];
    added.push(`/${kind}s/${made.id}`);
    return made as { id: string; name: string };
  };
  const idOf = async (kind: "project" | "role", name: string): Promise<string> =>
    (await ask("GET", `/${kind}s?name=${name}`))[`${kind}s`][0].id;
  return {
    authUrl,
    password,
    projectId: (name: string) => idOf("project", name),
    addProject: (name: string) => add("project", name, { domain_id: "default" }),
    addRole: async (name: string) => (await add("role", name)).name,
    /** Roles by their names. */
    async addUser(name: string, roles: readonly (readonly [projectId: string, role: string])[]) {
      const user = await add("user", name, { domain_id: "default", password });
      for (const [projectId, role] of roles) {
        await ask("PUT", `/projects/${projectId}/users/${user.id}/roles/${await idOf("role", role)}`);
      }
      return user.name;
    },
    async revoke(tokenId: string) {
      await ask("DELETE", "/auth/tokens", undefined, { "x-subject-token": tokenId });
      await sleep(1000); // a revocation counts from the next second on
    },
    async removeAdded() {
      for (const path of added.reverse()) await ask("DELETE", path);
    },
  };
}
