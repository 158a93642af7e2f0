// `npm run bench:tidying`: plans and sweeps a shelf of 100,000 images beside 20,000 servers, and a twentieth of it, and says what each took: calls, time, memory.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { demoIds } from "../../infra/simulated-openstack/index.ts";
import { openNoticeStore } from "../../lib/notify/notice-store.ts";
import type { CallReport } from "../../lib/openstack/index.ts";
import { readProviders } from "../../lib/providers/configuration.ts";
import { openRequestStore } from "../../lib/requests/store.ts";
import { openAnnouncer } from "../../lib/tidying/announce.ts";
import { planPage } from "../../lib/tidying/plan.ts";
import type { Place } from "../../lib/tidying/store.ts";
import { eyesOf, survey } from "../../lib/tidying/survey.ts";
import { sweepProvider } from "../../lib/tidying/sweep.ts";
import { type MemoryTable, openMemoryTable } from "../matrix/memory-table.ts";
import { sampleRequest } from "../store/sample-request.ts";

const servers = 20_000;
const unused = 200;
/** Of the unused ones: two versions each, of which the later one stays. */
const published = 100;
const goes = unused - published / 2;
const hourMs = 3_600_000;
const dayMs = 86_400_000;
process.env.LOG_LEVEL = "silent";
const { gc } = globalThis;
if (!gc) throw new Error("run by `npm run bench:tidying`, with --expose-gc");

const small = await measure(5_000);
const large = await measure(100_000);
const grownMib = large.plan.peakHeapMib - small.plan.peakHeapMib;
console.log(
  `\nheap at its highest while planning, after collection: ${small.plan.peakHeapMib} MiB of 5,000 images, ${large.plan.peakHeapMib} MiB of 100,000 (${grownMib.toFixed(1)} more)`,
);
// A set of 95,000 ids alone would be more than 8 MiB.
if (grownMib > 5) throw new Error("the memory grows with the number of images");

async function measure(images: number) {
  const cloud = await startCloud(images);
  const calls: CallReport[] = [];
  const policy = {
    cloud: "darkroom",
    staffCloud: "admin",
    directoryCloud: "directory",
    mailFrom: "imaging@cloud.example",
    tidying: { enabled: true, deletionsPerPass: 1000, tellDays: 1, hideDays: 1 },
  };
  const texts = { clouds: cloud.cloudsYaml, policy: JSON.stringify({ providers: { simulated: policy } }) };
  const connecting = {
    onCall: (call: CallReport) => void calls.push(call),
    limits: { timeoutMs: 120_000, retryBudgetMs: 300_000, attempts: 6, maxResponseBytes: 64 * 2 ** 20 },
  };
  const provider = readProviders({}, texts, connecting).all[0];
  if (!provider) throw new Error("no provider");
  const table = openMemoryTable();
  let nowMs = Date.now();
  const queue = { send: async () => undefined, poke: async () => undefined };
  const stores = { table, store: openRequestStore(table), notices: openNoticeStore(table) };
  const runtime = { ...stores, queue, clock: { now: () => nowMs } };
  await putRequests(table, provider.name);
  console.log(`\n${images} images, ${servers} servers, ${unused} unused, of these ${published} published`);

  const watched = async <Result>(what: string, work: (look: () => void) => Promise<Result>) => {
    calls.length = 0;
    gc?.();
    const startedAt = performance.now();
    let peakHeap = 0;
    let peakRss = 0;
    const look = () => {
      gc?.();
      const { heapUsed, rss } = process.memoryUsage();
      peakHeap = Math.max(peakHeap, heapUsed);
      peakRss = Math.max(peakRss, rss);
    };
    const result = await work(look);
    look();
    const seconds = Math.round((performance.now() - startedAt) / 100) / 10;
    const mib = (bytes: number) => Math.round(bytes / 2 ** 18) / 4;
    const counted = countOf(calls);
    console.log(
      `  ${what}: ${JSON.stringify(result)}; ${calls.length} calls (${counted}); ${seconds} s; heap ${mib(peakHeap)} MiB, RSS ${mib(peakRss)} MiB at their highest`,
    );
    return { peakHeapMib: mib(peakHeap), calls: calls.length };
  };
  /** Calls are pages and actions, and two lists of its name for each old image that Darkroom published; people are looked up once. */
  const expectCalls = (actions: Record<string, number>, publishedSeen: number, ofShelf = true) => {
    const pages = {
      // Every kind of list ends with a page that may be empty; servers that can be restored are looked for before and after the others.
      "GET /servers/detail": Math.ceil(servers / 1000) + 1 + 2,
      "GET /volumes/detail": Math.ceil(servers / 100 / 1000) + 1,
      "GET /images": (ofShelf ? Math.ceil(images / 1000) + 2 : 0) + 2 * publishedSeen,
    };
    const lookUps = { "POST /auth/tokens": 2, "GET /users/ID": 2, "GET /users/ID/projects": 2 };
    for (const [kind, count] of Object.entries(actions)) {
      if (counts(calls).get(kind) !== count) throw new Error(`${counts(calls).get(kind)} ${kind}, not ${count}`);
    }
    const allowed: Record<string, number> = { ...pages, ...lookUps, ...actions };
    for (const [kind, count] of counts(calls)) {
      if (count > (allowed[kind] ?? 0)) throw new Error(`${count} ${kind}: more than ${allowed[kind] ?? 0}`);
    }
  };

  const plan = await watched("plan", async (look) => {
    const eyes = eyesOf(provider, (one) => one);
    const known = await survey(eyes, provider.name, runtime.store, nowMs);
    const announcer = openAnnouncer(runtime, provider, (one) => one);
    const seen = { looked: 0, candidates: 0 };
    for (let place: Place | undefined = { part: "shown" }; place; ) {
      const page = await planPage({ runtime, provider, eyes, known, announcer }, place);
      seen.looked += page.images.length;
      seen.candidates += page.images.filter(({ verdict }) => verdict !== "kept").length;
      look();
      place = page.next;
    }
    return seen;
  });
  expectCalls({}, published);
  const each = "/images/ID";
  const runs: [what: string, actions: Record<string, number>, publishedSeen: number, afterMs: number][] = [
    ["told", {}, published, dayMs],
    // What it hides it meets again among the hidden ones.
    ["hidden", { [`PATCH ${each}`]: goes }, 1.5 * published, dayMs],
    ["out of use", { [`POST ${each}/actions/deactivate`]: goes }, published, hourMs],
    ["deleted", { [`GET ${each}`]: goes, [`DELETE ${each}`]: goes }, published / 2, 0],
  ];
  for (const [what, actions, publishedSeen, afterMs] of runs) {
    await watched(`sweep: ${what}`, async (look) => {
      const timer = setInterval(look, 500);
      const { tell } = openAnnouncer(runtime, provider, (one) => one);
      const run = { signal: new AbortController().signal, remainingMs: () => 900_000, tell };
      const { outcome, why, looked, done } = await sweepProvider(runtime, provider, run);
      clearInterval(timer);
      if (outcome !== "ended") throw new Error(`the pass did not end: ${why}`);
      return { outcome, looked, done };
    });
    expectCalls(actions, publishedSeen, what !== "deleted");
    nowMs += afterMs + 1000;
  }
  await provider.service.close();
  await provider.staff?.close();
  await provider.directory?.close();
  cloud.stop();
  return { plan };
}

/** Of each published image the request that made it, ended long ago. */
async function putRequests(table: MemoryTable, provider: string): Promise<void> {
  const store = openRequestStore(table);
  for (let each = 0; each < published; each++) {
    const [id, imageId] = [idOf("5", each), idOf("1", each)];
    const requester = { userId: demoIds.users.alice, userName: "alice", projectName: "astro-lab" };
    const learned = { publish: { imageId } };
    const projectId = demoIds.projects["astro-lab"];
    await store.create(sampleRequest({ id, provider, projectId, requester, learned: learned as never }));
    const item = table.items.get(`request#${id}`);
    if (!item) throw new Error("the request is not stored");
    const { lifeKey: _life, wakeShard: _wake, ...ended } = item;
    table.items.set(item.id, ended as typeof item);
  }
}

function idOf(kind: string, each: number): string {
  return `${kind}0000000-0000-4000-8000-${String(each).padStart(12, "0")}`;
}

function countOf(calls: readonly CallReport[]): string {
  return [...counts(calls)].map(([kind, count]) => `${count} ${kind}`).join(", ");
}

function counts(calls: readonly CallReport[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { method, path } of calls) {
    const kind = `${method} ${path.replace(/[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{32}/, "ID")}`;
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return counts;
}

async function startCloud(images: number): Promise<{ cloudsYaml: string; stop(): void }> {
  const script = join(import.meta.dirname, "large-cloud.ts");
  const child = spawn(
    process.execPath,
    ["--no-warnings", script, String(images), String(servers), String(unused), String(published)],
    {
      stdio: ["pipe", "pipe", "inherit"],
    },
  );
  const [line] = await new Promise<string[]>((resolve, reject) => {
    const lines = createInterface({ input: child.stdout });
    lines.once("line", (text) => resolve([text]));
    child.once("exit", (code) => reject(new Error(`the cloud ended with ${code}`)));
  });
  return { cloudsYaml: JSON.parse(line ?? "{}").cloudsYaml, stop: () => child.stdin.end() };
}
