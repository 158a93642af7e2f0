// A mixed shelf on a real OpenStack, planned and cleaned over three stages with our clock moved; and what a killed run left behind.
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Cloud, connect, type Image, readCloudConfig } from "../../lib/openstack/index.ts";
import { readProviders } from "../../lib/providers/configuration.ts";
import type { Provider } from "../../lib/providers/provider.ts";
import { enterAftercare } from "../../lib/requests/aftercare.ts";
import type { ImageRequest } from "../../lib/requests/image-request.ts";
import { openRequestStore } from "../../lib/requests/store.ts";
import { sweepOrphans } from "../../lib/tidying/orphans.ts";
import { planPage } from "../../lib/tidying/plan.ts";
import { openTidyingStore, type Place } from "../../lib/tidying/store.ts";
import { eyesOf, survey } from "../../lib/tidying/survey.ts";
import { sweepProvider } from "../../lib/tidying/sweep.ts";
import { plainAsk } from "../contract/plain-ask.ts";
import { openMemoryTable } from "../matrix/memory-table.ts";
import { sampleRequest } from "../store/sample-request.ts";
import { imageNamed, waitFor } from "./real-cloud.ts";

const stateFolder = process.env.RIG ?? "/var/lib/openstack-rig";
const dayMs = 86_400_000;
const hourMs = 3_600_000;
const skewMs = 10 * 60_000;
/** On everything that this test makes. */
const prefix = `tidying-${randomBytes(3).toString("hex")}`;

const env = { OS_CLIENT_CONFIG_FILE: join(stateFolder, "clouds.yaml") };
const people = Object.fromEntries(
  ["user-a", "user-b", "admin"].map((name) => [name, connect(readCloudConfig(name, { env }))]),
);
const as = (name: "user-a" | "user-b" | "admin"): Cloud => people[name] as Cloud;

const table = openMemoryTable();
const store = openRequestStore(table);
let nowMs = Date.now();
const runtime = { table, store, clock: { now: () => nowMs } };
const provider = onlyOurs(
  readProviders(env, {
    clouds: readFileSync(env.OS_CLIENT_CONFIG_FILE, "utf8"),
    policy: JSON.stringify({
      providers: {
        real: {
          cloud: "imaging",
          staffCloud: "admin",
          tidying: { enabled: true, snapshotsUnusedDays: 30, tellDays: 1, hideDays: 1, orphanGraceHours: 1 },
        },
      },
    }),
  }).all[0],
);

/** Each row: what it is, what keeps it, and what it is after each of three passes, a day apart. */
const rows: Row[] = [
  ["unused", null, ["told", "hidden", "gone"]],
  ["shared with another project, unused", null, ["told", "hidden", "gone"]],
  ["base of a running server", "server-boots-from-it", ["kept", "kept", "kept"]],
  ["shared, base of another project's server", "server-boots-from-it", ["kept", "kept", "kept"]],
  ["only disk of a shelved server", "shelved", ["kept", "kept", "kept"]],
  ["a volume was made of it", "volume-made-of-it", ["kept", "kept", "kept"]],
  ["stands for a volume's snapshot", "volume-snapshots", ["kept", "kept", "kept"]],
  ["protected", "protected", ["kept", "kept", "kept"]],
  ["tagged to keep", "tagged-to-keep", ["kept", "kept", "kept"]],
  ["its owner's date has come", null, ["told", "hidden", "gone"]],
  // Made minutes after the others: with our clock between, it is a day behind them.
  ["fresh", "fresh", ["kept", "told", "hidden"]],
];
type Seen = "kept" | "told" | "hidden" | "gone";
type Row = [what: string, rule: string | null, after: [Seen, Seen, Seen]];

const made: { servers: { cloud: Cloud; id: string }[]; images: string[]; volumes: string[] } = {
  servers: [],
  images: [],
  volumes: [],
};
const ids: Record<string, string> = {};
let blank: string;
let source: string;

beforeAll(async () => {
  const member = as("user-a");
  blank = await imageNamed(member, "blank");
  source = await boot(member, "source", blank);
  await layShelf(member);
}, 900_000);

afterAll(async () => {
  const images: string[] = [];
  for (const hidden of [false, true]) {
    for await (const image of as("admin").image.listImages({ visibility: "all", hidden })) {
      if (image.name?.startsWith(prefix) || made.images.includes(image.id)) images.push(image.id);
    }
  }
  for (const { cloud, id } of made.servers) await cloud.compute.deleteServer(id).catch(() => undefined);
  await waitFor("the servers to go", 120_000, async () => ((await serversLeft()) === 0 ? true : undefined));
  for (const id of images) {
    await as("admin")
      .image.patchImage(id, [{ op: "replace", path: "/protected", value: false }])
      .catch(() => undefined);
    await as("admin")
      .image.deleteImage(id)
      .catch(() => undefined);
  }
  const cinder = plainAsk(as("user-a"));
  const { json } = await cinder("volumev3", "GET", "/snapshots");
  for (const { id, name } of json.snapshots) {
    if (!String(name).includes(prefix)) continue;
    await cinder("volumev3", "DELETE", `/snapshots/${id}`);
    await waitFor("the volume's snapshot to go", 60_000, async () =>
      (await cinder("volumev3", "GET", `/snapshots/${id}`)).status === 404 ? true : undefined,
    );
  }
  for (const id of made.volumes) await cinder("volumev3", "DELETE", `/volumes/${id}`);
  for (const cloud of Object.values(people)) await cloud.close();
  await provider.service.close();
  await provider.staff?.close();
}, 300_000);

test("the plan says of each image what keeps it, or that it goes", async () => {
  nowMs = await beforeFreshIsOld();
  const planned = await plan();
  expect(rows.map(([what]) => [what, planned.get(ids[what] ?? "")?.rule ?? null])).toEqual(
    rows.map(([what, rule]) => [what, rule]),
  );
});

test("three passes, a day apart, and the runs an hour after each: exactly what the table says", async () => {
  nowMs = await beforeFreshIsOld();
  const seen: Record<string, Seen[]> = {};
  for (let pass = 0; pass < 3; pass++) {
    const told: string[] = [];
    const run = async () =>
      await sweepProvider(runtime, provider, {
        signal: new AbortController().signal,
        remainingMs: () => 900_000,
        tell: async (notice) => told.push(`${notice.kind} ${notice.image.id}`) > 0,
      });
    expect(await run()).toMatchObject({ outcome: "ended", seesAllProjects: true });
    for (const id of last(pass)) expect(await as("user-a").image.getImage(id)).toMatchObject({ status: "deactivated" });
    // The clock's next run: what the pass put out of use is looked at for the last time.
    nowMs += hourMs;
    expect((await run()).outcome).toBe(last(pass).length > 0 ? "ended" : "not-due");
    for (const [what] of rows) {
      const id = ids[what] ?? "";
      seen[what] = [...(seen[what] ?? []), await stateOf(id, told.includes(`told ${id}`))];
    }
    nowMs += dayMs + 60_000 - hourMs;
  }
  expect(rows.map(([what]) => [what, seen[what]])).toEqual(rows.map(([what, , after]) => [what, after]));
  const { deletions } = await openTidyingStore(table).listDeletions("real", 100);
  expect(deletions.map(({ thingId }) => thingId).sort()).toEqual(last(2).sort());
  for (const deletion of deletions) {
    expect(deletion).toMatchObject({
      state: "done",
      sizeBytes: expect.any(Number),
      hash: { algo: "sha512", value: expect.stringMatching(/^[0-9a-f]{128}$/) },
    });
  }
  // What was kept still is what it was: the shelved server comes back from its image.
  await act(as("user-a"), ids["the shelved server"] ?? "", { unshelve: null });
  await statusOf(as("user-a"), ids["the shelved server"] ?? "", "ACTIVE");
}, 600_000);

test("orphans of a killed run are removed by the ledger; an owner's own snapshot that inherited everything stays", async () => {
  const member = as("user-a");
  nowMs = Date.now();
  // Our clock was a month ahead: without an operator's word the sweeps would hold for that.
  await openTidyingStore(table).release("real", nowMs);
  const { project, user } = await member.token();
  const marks = { server: mark(), image: mark(), base: mark() };
  // What the run had asked for before it was killed: a snapshot, and a server booted from the image that it had before.
  const orphanImage = await snapshot(member, source, `darkroom-${marks.image}`, { darkroom_mark: marks.image });
  const orphanServer = await boot(member, undefined, blank, `darkroom-${marks.server}`);
  // An owner's server of an image that bears our mark and provenance, and the owner's own snapshot of it.
  const base = await snapshot(member, source, `${prefix}-base`, { darkroom_mark: marks.base, darkroom_request: "r" });
  const child = await boot(member, "child", base);
  const own = await snapshot(member, child, `${prefix}-own`, {});
  const inherited = await member.image.getImage(own);
  expect(inherited.properties).toMatchObject({
    darkroom_mark: marks.base,
    darkroom_request: "r",
    instance_uuid: child,
  });

  const entry = { attempt: 1, quietUntilMs: 0, emptyLooks: 0, intentAtMs: nowMs - 3_600_000 };
  const request: ImageRequest = {
    ...sampleRequest({ provider: "real", projectId: project?.id ?? "", step: "release" }),
    requester: { userId: user.id, userName: user.name, projectName: "demo-a" },
    server: { id: source, name: "source" },
    endedAt: new Date(nowMs).toISOString(),
    end: { status: "failed", problem: { type: "urn:darkroom:problem:step-broken", title: "t", detail: "d" } },
    ledger: [
      { kind: "snapshot", mark: marks.image, serverId: source, ...entry },
      { kind: "verify-server", mark: marks.server, imageId: blank, struckAtMs: nowMs, ...entry },
      { kind: "snapshot", mark: marks.base, serverId: source, struckAtMs: nowMs, ...entry },
    ],
  };
  await store.create(request);
  await enterAftercare(table, request, nowMs);
  nowMs += 2 * 3_600_000;
  const run = { signal: new AbortController().signal, remainingMs: () => 300_000 };
  const report = await sweepOrphans(runtime, provider, run);
  expect(report.removed.map(({ kind, id }) => `${kind} ${id}`).sort()).toEqual(
    [`image ${orphanImage}`, `server ${orphanServer}`].sort(),
  );
  expect(await stateOf(orphanImage, false)).toBe("gone");
  await waitFor("the orphaned server to go", 60_000, async () => {
    const there = await member.compute.getServer(orphanServer).catch(() => undefined);
    return there ? undefined : true;
  });
  nowMs += 2 * 3_600_000;
  expect(await sweepOrphans(runtime, provider, run)).toMatchObject({ looked: 1, removed: [], left: [] });
  expect(await stateOf(own, false)).toBe("kept");
  expect(await stateOf(base, false)).toBe("kept");
}, 600_000);

/** What is gone after this pass. */
function last(pass: number): string[] {
  return rows.filter(([, , after]) => after[pass] === "gone").map(([what]) => ids[what] ?? "");
}

/** Slow things first, `fresh` last. */
async function layShelf(member: Cloud): Promise<void> {
  const snap = async (what: string) => {
    ids[what] = await snapshot(member, source, `${prefix}-${what}`, {});
    return ids[what];
  };
  const patch = (id: string, path: string, value: unknown) =>
    member.image.patchImage(id, [{ op: path.startsWith("/darkroom") ? "add" : "replace", path, value }]);
  await snap("unused");
  const base = await snap("base of a running server");
  await boot(member, "of-base", base);
  const { project: other } = await as("user-b").token();
  for (const what of ["shared with another project, unused", "shared, base of another project's server"]) {
    const id = await snap(what);
    await patch(id, "/visibility", "shared");
    await member.image.addMember(id, other?.id ?? "");
  }
  await boot(as("user-b"), "others", ids["shared, base of another project's server"] ?? "");
  await patch(await snap("protected"), "/protected", true);
  await patch(await snap("tagged to keep"), "/tags", ["keep"]);
  const dated = await snap("its owner's date has come");
  await patch(dated, "/darkroom_expires_at", new Date(Date.now() - dayMs).toISOString());
  await patch(dated, "/darkroom_expiry_of", dated);
  const volume = await volumeOf(await snap("a volume was made of it"));
  ids["stands for a volume's snapshot"] = await volumeBackedImage(member, volume);
  const shelved = await boot(member, "shelved", blank);
  ids["the shelved server"] = shelved;
  await act(member, shelved, { shelve: null });
  await waitFor("the server to be shelved", 120_000, async () => {
    const { status, taskState } = await member.compute.getServer(shelved);
    return status.startsWith("SHELVED") && taskState === null ? true : undefined;
  });
  ids["only disk of a shelved server"] = await imageNamed(member, `${prefix}-shelved-shelved`);
  // So far apart that our clock fits between.
  const { createdAt } = await member.image.getImage(ids["only disk of a shelved server"]);
  await waitFor("a moment to pass", 60_000, async () =>
    Date.now() - Date.parse(createdAt) > 20_000 ? true : undefined,
  );
  await snap("fresh");
}

/** A time at which `fresh` is a little too young, and all the others, made before, are old enough. */
async function beforeFreshIsOld(): Promise<number> {
  const { createdAt } = await as("admin").image.getImage(ids.fresh ?? "");
  return Date.parse(createdAt) + 30 * dayMs + skewMs - 5_000;
}

async function plan() {
  const eyes = eyesOf(provider, (cloud) => cloud);
  const known = await survey(eyes, provider.name, store, nowMs);
  const planned = new Map<string, { rule: string | null }>();
  for (let place: Place | undefined = { part: "shown" }; place; ) {
    const page = await planPage({ runtime, provider, eyes, known, announcer: { canTell: async () => true } }, place);
    for (const image of page.images) planned.set(image.id, image);
    place = page.next;
  }
  return planned;
}

async function stateOf(id: string, wasTold: boolean): Promise<Seen> {
  const image: Image | undefined = await as("admin")
    .image.getImage(id)
    .catch(() => undefined);
  if (!image) return "gone";
  if (image.hidden) return "hidden";
  return wasTold ? "told" : "kept";
}

async function snapshot(
  cloud: Cloud,
  serverId: string,
  name: string,
  metadata: Record<string, string>,
): Promise<string> {
  await idle(cloud, serverId);
  const { imageId } = await cloud.compute.createImage(serverId, { name, metadata });
  made.images.push(imageId);
  await waitFor(`the snapshot ${name}`, 180_000, async () => {
    const { status } = await cloud.image.getImage(imageId);
    return status === "active" ? true : undefined;
  });
  return imageId;
}

async function boot(
  cloud: Cloud,
  what: string | undefined,
  imageId: string,
  name = `${prefix}-${what}`,
): Promise<string> {
  const flavor = (await cloud.compute.listFlavors()).find((each) => each.name === "m1.nano");
  if (!flavor) throw new Error("the cloud has no flavor m1.nano");
  const { id } = await cloud.compute.createServer({ name, imageId, flavorId: flavor.id, networks: "none" });
  made.servers.push({ cloud, id });
  await statusOf(cloud, id, "ACTIVE");
  return id;
}

async function volumeOf(imageRef: string): Promise<string> {
  const cinder = plainAsk(as("user-a"));
  const { json } = await cinder("volumev3", "POST", "/volumes", {
    body: { volume: { name: `${prefix}-volume`, size: 1, imageRef } },
  });
  const { id } = json.volume;
  made.volumes.push(id);
  await waitFor("the volume", 120_000, async () => {
    const { status } = (await cinder("volumev3", "GET", `/volumes/${id}`)).json.volume;
    if (status.startsWith("error")) throw new Error("the volume is in error");
    return status === "available" ? true : undefined;
  });
  return id;
}

async function volumeBackedImage(cloud: Cloud, volume: string): Promise<string> {
  const nova = plainAsk(cloud);
  const flavor = (await cloud.compute.listFlavors()).find((each) => each.name === "m1.nano");
  const server = {
    name: `${prefix}-on-volume`,
    flavorRef: flavor?.id,
    networks: "none",
    block_device_mapping_v2: [{ uuid: volume, source_type: "volume", destination_type: "volume", boot_index: 0 }],
  };
  const { json } = await nova("compute", "POST", "/servers", {
    body: { server },
    headers: { "openstack-api-version": "compute 2.73" },
  });
  made.servers.push({ cloud, id: json.server.id });
  await statusOf(cloud, json.server.id, "ACTIVE");
  return await snapshot(cloud, json.server.id, `${prefix}-of-volume`, {});
}

async function statusOf(cloud: Cloud, id: string, wanted: string): Promise<void> {
  await waitFor(`${id} to be ${wanted}`, 240_000, async () => {
    const { status, fault } = await cloud.compute.getServer(id);
    if (status === "ERROR") throw new Error(`${id} is in ERROR: ${fault?.message}`);
    return status === wanted ? true : undefined;
  });
}

async function idle(cloud: Cloud, id: string): Promise<void> {
  await waitFor(`${id} to be idle`, 120_000, async () =>
    (await cloud.compute.getServer(id)).taskState === null ? true : undefined,
  );
}

async function act(cloud: Cloud, id: string, body: Record<string, unknown>): Promise<void> {
  const { status, text } = await plainAsk(cloud)("compute", "POST", `/servers/${id}/action`, { body });
  if (status !== 202) throw new Error(`${JSON.stringify(body)}: ${status} ${text}`);
}

async function serversLeft(): Promise<number> {
  let left = 0;
  for await (const server of as("admin").compute.listServers({ allProjects: true })) {
    if (made.servers.some(({ id }) => id === server.id)) left += 1;
  }
  return left;
}

function mark(): string {
  return randomBytes(12).toString("hex");
}

/** Others may work on this cloud: of the pages that it gives, only what this test has made is looked at. */
function onlyOurs(provider: Provider | undefined): Provider {
  if (!provider?.staff) throw new Error("no provider with a staff credential");
  const ours = ({ id, name }: Image) => made.images.includes(id) || name?.startsWith(prefix) === true;
  const narrowed = (cloud: Cloud): Cloud => ({
    ...cloud,
    image: {
      ...cloud.image,
      async imagePage(filter, marker) {
        const page = await cloud.image.imagePage(filter, marker);
        return { ...page, images: page.images.filter(ours) };
      },
    },
    within: (...given) => narrowed(cloud.within(...given)),
  });
  return { ...provider, staff: narrowed(provider.staff) };
}
