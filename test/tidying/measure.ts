// `npm run bench:tidying`: plans and sweeps a shelf of 100,000 images beside 20,000 servers, and a twentieth of it, and says what each took: calls, time, memory.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { openNoticeStore } from "../../lib/notify/notice-store.ts";
import type { CallReport } from "../../lib/openstack/index.ts";
import { readProviders } from "../../lib/providers/configuration.ts";
import { openRequestStore } from "../../lib/requests/store.ts";
import { openAnnouncer } from "../../lib/tidying/announce.ts";
import { planPage } from "../../lib/tidying/plan.ts";
import type { Place } from "../../lib/tidying/store.ts";
import { eyesOf, survey } from "../../lib/tidying/survey.ts";
import { sweepProvider } from "../../lib/tidying/sweep.ts";
import { openMemoryTable } from "../matrix/memory-table.ts";

const servers = 20_000;
const unused = 200;
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
  console.log(`\n${images} images, ${servers} servers, ${unused} unused`);

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
  for (const what of ["sweep: told", "sweep: hidden", "sweep: deleted"]) {
    await watched(what, async (look) => {
      const timer = setInterval(look, 500);
      const { tell } = openAnnouncer(runtime, provider, (one) => one);
      const run = { signal: new AbortController().signal, remainingMs: () => 900_000, tell };
      const { outcome, why, looked, done } = await sweepProvider(runtime, provider, run);
      clearInterval(timer);
      if (outcome !== "ended") throw new Error(`the pass did not end: ${why}`);
      return { outcome, looked, done };
    });
    nowMs += dayMs + 1000;
  }
  await provider.service.close();
  await provider.staff?.close();
  await provider.directory?.close();
  cloud.stop();
  return { plan };
}

function countOf(calls: readonly CallReport[]): string {
  const counts = new Map<string, number>();
  for (const { method, path } of calls) {
    const kind = `${method} ${path.replace(/[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{32}/, "ID")}`;
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return [...counts].map(([kind, count]) => `${count} ${kind}`).join(", ");
}

async function startCloud(images: number): Promise<{ cloudsYaml: string; stop(): void }> {
  const script = join(import.meta.dirname, "large-cloud.ts");
  const child = spawn(process.execPath, ["--no-warnings", script, String(images), String(servers), String(unused)], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const [line] = await new Promise<string[]>((resolve, reject) => {
    const lines = createInterface({ input: child.stdout });
    lines.once("line", (text) => resolve([text]));
    child.once("exit", (code) => reject(new Error(`the cloud ended with ${code}`)));
  });
  return { cloudsYaml: JSON.parse(line ?? "{}").cloudsYaml, stop: () => child.stdin.end() };
}
