// Shelves by chance, by the thousand: whatever happens in whatever order, nothing in use is ever deleted, nobody's time is cut short, and in the end what nobody needs is gone.
import * as fc from "fast-check";
import type { CloudState } from "../../infra/simulated-openstack/index.ts";
import type { Item } from "../../lib/aws/table.ts";
import { openEndpointStore } from "../../lib/notify/endpoint-store.ts";
import type { Notice } from "../../lib/notify/notice.ts";
import { openAnnouncer } from "../../lib/tidying/announce.ts";
import { openTidyingStore } from "../../lib/tidying/store.ts";
import { dayMs, openShelf, putImage, type Shelf, snapshotOf } from "./shelf.ts";

/** One seed, so that a run says the same tomorrow; `SHELVES=20000 SHELVES_SEED=$RANDOM npm run test:tidying` is a campaign. */
const seed = Number(process.env.SHELVES_SEED ?? 1);
const shelves = Number(process.env.SHELVES ?? 1000);
const days = { tell: 2, hide: 2, unused: 8 };
const imagesPerShelf = 8;

let shelf: Shelf;
let empty: Pick<CloudState, "images" | "servers" | "volumes">;
beforeAll(async () => {
  shelf = await openShelf({
    tidying: { tellDays: days.tell, hideDays: days.hide, snapshotsUnusedDays: days.unused },
    limits: { attempts: 1 },
    beginsAtMs: Date.UTC(2026, 0, 1),
  });
  const { images, servers, volumes } = shelf.bench.cloud.state;
  empty = structuredClone({ images, servers, volumes });
});
afterAll(() => shelf.close());

const image = fc.nat(imagesPerShelf - 1);
const anAction = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant("sweep" as const), afterDays: fc.constantFrom(0.1, 1, 1, 1, 2, 4) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("two sweeps" as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom("boot", "volume", "shelve its server", "its server works", "delete its server for now"),
      image,
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom("deactivate", "reactivate"), image }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("free" as const), image }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constantFrom("protect", "tag", "show", "hide", "keep", "share", "expire"), image }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constantFrom("servers fail", "volumes fail", "images fail", "half a page") }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant("killed sweep" as const), afterCalls: fc.integer({ min: 1, max: 25 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom("back up the table", "put the table back") }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom("nobody can be told", "the project can be told") }) },
);
type Action = { do: string; image?: number; afterDays?: number; afterCalls?: number };

const anImage = fc.record({
  ageDays: fc.constantFrom(1, 7, 9, 200),
  visibility: fc.constantFrom("private", "private", "shared", "community"),
  isSnapshot: fc.boolean(),
});

let deletedInAll = 0;

test(`${shelves} shelves`, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(anImage, { minLength: imagesPerShelf, maxLength: imagesPerShelf }),
      fc.array(anAction as fc.Arbitrary<Action>, { minLength: 6, maxLength: 22 }),
      // The long way to the end is gone for every fourth shelf.
      fc.nat(3),
      async (images, actions, fourth) => {
        const play = await begin(images);
        for (const action of actions) await play.perform(action);
        if (fourth === 0) await play.settle();
      },
    ),
    { seed, numRuns: shelves, endOnFailure: false },
  );
  // That nothing is deleted wrongly says something only where much is deleted.
  expect(deletedInAll).toBeGreaterThan(shelves);
}, 3_600_000);

async function begin(images: { ageDays: number; visibility: string; isSnapshot: boolean }[]) {
  const { bench, table } = shelf;
  Object.assign(bench.cloud.state, structuredClone(empty));
  bench.cloud.faults.clear();
  table.items.clear();
  bench.pokes.length = 0;
  const ids = images.map(({ ageDays, visibility, isSnapshot }, index) =>
    putImage(bench, `image-${index}`, {
      id: `a1000000-0000-4000-8000-${String(index).padStart(12, "0")}`,
      ageDays,
      visibility: visibility as "private",
      properties: isSnapshot ? snapshotOf(bench.cloud.ids.server("stopped-1")) : { os_distro: "debian" },
    }),
  );
  const madeAt = new Map(ids.map((id, index) => [id, bench.clock.now() - (images[index]?.ageDays ?? 0) * dayMs]));
  const isSnapshot = new Map(ids.map((id, index) => [id, images[index]?.isSnapshot]));
  /** When its owner last heard that this round ends with its deletion: what was published, not what was meant. */
  const toldAt = new Map<string, number>();
  const keptUntil = new Map<string, number>();
  /** Those that an operator put out of use. */
  const notOurs = new Set<string>();
  /** Those of which nobody can tell whether it was us: only a lost table knew, or a run died as it was about to. */
  const unclear = new Set<string>();
  const backups: { items: Map<string, Item>; toldAt: Map<string, number> }[] = [];
  let made = 0;

  const record = (index = 0) => bench.cloud.state.images[ids[index] ?? ""];

  /** The truth, from the cloud's own state: who would lose something with this image. */
  const inUse = (id: string): string | undefined => {
    const { servers, volumes } = bench.cloud.state;
    const found = Object.values(servers).filter(({ deletedAt }) => deletedAt === null);
    if (found.some(({ imageId }) => imageId === id)) return "a server names it";
    if (found.some(({ shelvedImageId }) => shelvedImageId === id)) return "it is a shelved server's only disk";
    if (Object.values(volumes).some(({ imageMetadata }) => imageMetadata?.image_id === id)) return "a volume names it";
    return undefined;
  };

  const endpoints = openEndpointStore(table);
  const owner = bench.cloud.ids.project("astro-lab");
  const tellable = () =>
    endpoints.create({
      schemaVersion: 1,
      ...{ id: "hook", provider: "simulated", projectId: owner, url: "https://portal.example/hook", description: "" },
      ...{ types: [], secret: "", createdBy: "", createdAt: new Date(bench.clock.now()).toISOString() },
    });
  await tellable();
  const notices: Notice[] = [];
  const heard: typeof bench.runtime.notices = {
    ...bench.runtime.notices,
    async publish(notice, nowMs) {
      const isNew = await bench.runtime.notices.publish(notice, nowMs);
      if (isNew) notices.push(notice);
      return isNew;
    },
  };
  const isOnItsWayOut = (id: string) => {
    const stage = table.items.get(`tidying#simulated#${id}`)?.stage;
    return stage !== undefined && stage !== "kept";
  };

  const sweep = async (more: Parameters<Shelf["run"]>[0] = {}) => {
    const before = structuredClone(bench.cloud.state.images);
    const onTheirWayOut = ids.filter(isOnItsWayOut);
    for (const id of ids) if (table.items.get(`tidying#simulated#${id}`)?.stage === "kept") toldAt.delete(id);
    const startedAt = bench.clock.now();
    const { tell } = openAnnouncer({ ...bench.runtime, notices: heard }, shelf.provider, (cloud) => cloud);
    await shelf.run({ tell, ...more }).catch((error: unknown) => {
      if (!(error instanceof Error) || !/abort/i.test(`${error.name} ${error.message}`)) throw error;
    });
    for (const { kind, facts } of notices.splice(0))
      if (kind === "image.cleanup-announced") toldAt.set(facts.imageId ?? "", startedAt);
    for (const [id, was] of Object.entries(before)) {
      if (bench.cloud.state.images[id]) continue;
      deletedInAll += 1;
      const words = `${was.name} was deleted`;
      if (inUse(id)) throw new Error(`${words} although ${inUse(id)}`);
      if (was.protected || was.tags.includes("keep")) throw new Error(`${words} although it was to stay`);
      if (was.status !== "deactivated") throw new Error(`${words} in the run that put it out of use`);
      if (notOurs.has(id)) throw new Error(`${words} although an operator had put it out of use`);
      if (!was.hidden) throw new Error(`${words} although it was shown`);
      const sinceMs = startedAt - (toldAt.get(id) ?? Number.POSITIVE_INFINITY);
      if (!(sinceMs >= (days.tell + days.hide) * dayMs))
        throw new Error(`${words} ${sinceMs / dayMs} days after its owner was told`);
      if ((keptUntil.get(id) ?? 0) > startedAt) throw new Error(`${words} although its owner had said to keep it`);
      const expired = was.properties.darkroom_expiry_of === id;
      if (!expired && !isSnapshot.get(id)) throw new Error(`${words} although it is no snapshot`);
      if (!expired && startedAt - (madeAt.get(id) ?? 0) < days.unused * dayMs)
        throw new Error(`${words} although it was young`);
    }
    // Given back: the next round is to be announced anew.
    for (const id of onTheirWayOut) if (!isOnItsWayOut(id)) toldAt.delete(id);
  };

  const sweepAndJudge = async (more: Parameters<Shelf["run"]>[0] = {}) => {
    const before = structuredClone(bench.cloud.state.images);
    await sweep(more);
    for (const id of notOurs) {
      if (before[id]?.status === "deactivated" && bench.cloud.state.images[id]?.status === "active")
        throw new Error(`${before[id].name} was put back into use although an operator had put it out`);
    }
  };

  const addServer = (changes: Partial<CloudState["servers"][string]>) => {
    const pattern = empty.servers[bench.cloud.ids.server("stopped-1")];
    if (!pattern) throw new Error("no pattern");
    made += 1;
    const id = `f0000000-0000-4000-8000-${String(made).padStart(12, "0")}`;
    bench.cloud.state.servers[id] = { ...structuredClone(pattern), id, name: `chance-${made}`, ...changes };
    return id;
  };

  const fail = (service: "compute" | "volume" | "image", answer: { status: number } | { shape: "half" }) =>
    bench.cloud.faults.add({ service, method: "GET", times: 1, when: "before", answer });

  const acts: Record<string, (action: Action) => void | Promise<void>> = {
    sweep: async ({ afterDays = 1 }) => {
      bench.clock.advance(afterDays * dayMs);
      await sweepAndJudge();
      bench.cloud.faults.clear();
    },
    "two sweeps": async () => {
      bench.clock.advance(dayMs);
      await Promise.all([sweep(), sweep()]);
      bench.cloud.faults.clear();
    },
    "killed sweep": async ({ afterCalls = 1 }) => {
      bench.clock.advance(dayMs);
      const killed = new AbortController();
      const { calls } = bench.cloud;
      const record = calls.record.bind(calls);
      let left = afterCalls;
      calls.record = (call) => {
        record(call);
        left -= 1;
        if (left === 0) killed.abort();
      };
      await sweepAndJudge({ signal: killed.signal });
      calls.record = record;
    },
    boot: ({ image: index = 0 }) => {
      const one = record(index);
      if (one) addServer({ imageId: one.id, projectId: bench.cloud.ids.project("bio-lab") });
    },
    volume: ({ image: index = 0 }) => {
      const one = record(index);
      const pattern = Object.values(empty.volumes)[0];
      if (!one || !pattern) return;
      made += 1;
      const id = `c1000000-0000-4000-8000-${String(made).padStart(12, "0")}`;
      bench.cloud.state.volumes[id] = { ...structuredClone(pattern), id, imageMetadata: { image_id: one.id } };
    },
    "shelve its server": ({ image: index = 0 }) => {
      const one = record(index);
      if (!one) return;
      const server = addServer({ vmState: "shelved_offloaded", shelvedImageId: one.id });
      one.properties = snapshotOf(server);
      isSnapshot.set(one.id, true);
    },
    "its server works": ({ image: index = 0 }) => {
      const one = record(index);
      if (one) one.properties = snapshotOf(addServer({ taskState: "resize_prep" }));
      if (one) isSnapshot.set(one.id, true);
    },
    "delete its server for now": ({ image: index = 0 }) => {
      const one = record(index);
      if (one) addServer({ imageId: one.id, vmState: "soft-delete", updatedAt: bench.clock.now() });
    },
    deactivate: ({ image: index = 0 }) => {
      const one = record(index);
      if (one?.status !== "active") return;
      one.status = "deactivated";
      const item = table.items.get(`tidying#simulated#${one.id}`);
      const meant = item?.stage === "deactivated" && item.deactivatedAtMs === undefined;
      (meant ? unclear : notOurs).add(one.id);
    },
    reactivate: ({ image: index = 0 }) => {
      const one = record(index);
      if (!one) return;
      one.status = "active";
      notOurs.delete(one.id);
    },
    free: ({ image: index = 0 }) => {
      const one = record(index);
      for (const server of Object.values(bench.cloud.state.servers)) {
        if (server.imageId === one?.id || server.shelvedImageId === one?.id)
          delete bench.cloud.state.servers[server.id];
      }
    },
    protect: ({ image: index }) => void Object.assign(record(index) ?? {}, { protected: true }),
    tag: ({ image: index }) => void record(index)?.tags.push("keep"),
    show: ({ image: index }) => void Object.assign(record(index) ?? {}, { hidden: false }),
    hide: ({ image: index }) => void Object.assign(record(index) ?? {}, { hidden: true }),
    share: ({ image: index }) => void Object.assign(record(index) ?? {}, { visibility: "shared" }),
    keep: async ({ image: index = 0 }) => {
      const one = record(index);
      if (!one) return;
      const { status } = await bench.call("keep-image", "alice", { id: one.id });
      if (status !== 200) return;
      keptUntil.set(one.id, bench.clock.now() + days.unused * dayMs);
      if (record(index)?.status === "deactivated" && !notOurs.has(one.id))
        throw new Error(`${one.name} is kept, and out of use`);
    },
    expire: ({ image: index = 0 }) => {
      const one = record(index);
      const date = new Date(bench.clock.now() - dayMs).toISOString();
      if (one) Object.assign(one.properties, { darkroom_expires_at: date, darkroom_expiry_of: one.id });
    },
    "servers fail": () => void fail("compute", { status: 500 }),
    "volumes fail": () => void fail("volume", { status: 500 }),
    "images fail": () => void fail("image", { status: 500 }),
    "half a page": () => void fail("compute", { shape: "half" }),
    "nobody can be told": async () => void (await endpoints.delete("hook")),
    "the project can be told": tellable,
    "back up the table": () => void backups.push(structuredClone({ items: table.items, toldAt })),
    "put the table back": () => {
      const backup = backups.pop();
      if (!backup) return;
      // A word that only the lost table knew is lost; but nobody's time is cut short, and whoever is hidden is told.
      keptUntil.clear();
      notOurs.clear();
      for (const { id, status } of Object.values(bench.cloud.state.images))
        if (status === "deactivated") unclear.add(id);
      table.items.clear();
      for (const [id, item] of backup.items) table.items.set(id, structuredClone(item));
      // The stages are those of that time, and so is what had been said of them.
      toldAt.clear();
      for (const [id, atMs] of backup.toldAt) toldAt.set(id, atMs);
    },
  };

  return {
    perform: async (action: Action) => acts[action.do]?.(action),

    /** The cloud is well, the clock goes day by day, an operator has looked: what nobody needs goes, and the rest is as it was. */
    async settle() {
      bench.cloud.faults.clear();
      await tellable();
      await openTidyingStore(table).release("simulated", bench.clock.now());
      for (const one of Object.values(bench.cloud.state.images)) if (one.tags.includes("keep")) one.hidden = false;
      // Beyond the longest word to keep, and every stage after it.
      for (let day = 0; day < days.unused + 2 * (days.tell + days.hide) + 6; day += 1) {
        bench.clock.advance(dayMs);
        await sweep();
      }
      const left = ids.filter((id) => bench.cloud.state.images[id]);
      const unwanted = left.filter((id) => {
        const one = bench.cloud.state.images[id];
        const server = bench.cloud.state.servers[one?.properties.instance_uuid ?? ""];
        const atRest = !server || (server.taskState === null && server.vmState === "stopped");
        const active = one?.status === "active";
        return isSnapshot.get(id) && !inUse(id) && atRest && active && !one?.protected && !one?.tags.includes("keep");
      });
      const isOut = (id: string) => bench.cloud.state.images[id]?.status === "deactivated";
      const out = left.filter((id) => isOut(id) && !notOurs.has(id) && !unclear.has(id));
      if (out.length > 0) throw new Error(`${out.length} images are still out of use`);
      if (unwanted.length > 0) throw new Error(`${unwanted.length} images that nobody needs are still there`);
    },
  };
}
