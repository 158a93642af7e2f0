// A shelf of images in the simulated cloud, and sweeps over it with the clock moved.
import { randomUUID } from "node:crypto";
import type { CloudState } from "../../infra/simulated-openstack/index.ts";
import type { Provider } from "../../lib/providers/provider.ts";
import type { TidyingNotice } from "../../lib/tidying/notice.ts";
import type { StageRecord } from "../../lib/tidying/stage.ts";
import { passEveryMs, type SweepReport, sweepProvider } from "../../lib/tidying/sweep.ts";
import { type Bench, type BenchOptions, startBench } from "../chain/bench.ts";
import { type MemoryTable, openMemoryTable } from "../matrix/memory-table.ts";

export const dayMs = 86_400_000;
export const hourMs = 3_600_000;
type ImageRecord = CloudState["images"][string];

export type Shelf = Awaited<ReturnType<typeof openShelf>>;

/** `staff: false`: without the operator's credential. */
export async function openShelf({
  staff = true,
  tidying = {},
  ...options
}: BenchOptions & { staff?: boolean; tidying?: Record<string, unknown> } = {}) {
  const table: MemoryTable = openMemoryTable();
  const bench = await startBench({
    ...options,
    table,
    policy: { ...(staff && { staffCloud: "admin" }), tidying: { enabled: true, ...tidying }, ...options.policy },
  });
  const provider = bench.runtime.providers.find("simulated");
  if (!provider) throw new Error("no provider");
  const told: TidyingNotice[] = [];
  return {
    bench,
    table,
    provider,
    told,
    put: (name: string, changes: ImageChanges = {}) => putImage(bench, name, changes),
    isThere: (id: string) => bench.cloud.state.images[id] !== undefined,
    isHidden: (id: string) => bench.cloud.state.images[id]?.hidden === true,
    isOut: (id: string) => bench.cloud.state.images[id]?.status === "deactivated",
    /** One run, whatever the last one did. */
    run: (more: Partial<RunOptions> = {}) => runOnce(bench, provider, told, more),
    /** A pass on each of so many days, and the run an hour later, in which goes what the pass put out of use. The reports of the passes. */
    async days(count: number): Promise<SweepReport[]> {
      const reports: SweepReport[] = [];
      for (let day = 0; day < count; day++) {
        bench.clock.advance(dayMs - hourMs);
        reports.push(await runOnce(bench, provider, told, {}));
        bench.clock.advance(hourMs);
        await runOnce(bench, provider, told, {});
      }
      return reports;
    },
    /** Whoever next writes that an image is at this stage waits for `act`, right before the write or right after it. */
    atStage(stage: StageRecord["stage"], when: "before" | "after", act: () => Promise<unknown>): void {
      const { update } = table;
      table.update = async (id, set, condition) => {
        if (set.stage !== stage) return update(id, set, condition);
        table.update = update;
        if (when === "before") await act();
        const written = await update(id, set, condition);
        if (when === "after") await act();
        return written;
      };
    },
    close: () => bench.close(),
  };
}

interface RunOptions {
  remainingMs(): number;
  signal: AbortSignal;
  tell(notice: TidyingNotice): Promise<boolean>;
}

async function runOnce(bench: Bench, provider: Provider, told: TidyingNotice[], more: Partial<RunOptions>) {
  return await sweepProvider(bench.runtime, provider, {
    signal: new AbortController().signal,
    remainingMs: () => 900_000,
    tell: async (notice) => told.push(notice) > 0,
    ...more,
  });
}

export type ImageChanges = Partial<Omit<ImageRecord, "createdAt">> & { ageDays?: number };

/** A private snapshot of a year in alice's project, of a server that is gone; Nova's marks on it. Returns its id. */
export function putImage(bench: Bench, name: string, { ageDays = 365, properties, ...changes }: ImageChanges): string {
  const { state, ids } = bench.cloud;
  const pattern = state.images[ids.image("taken-name")];
  if (!pattern) throw new Error("the demo has no image taken-name");
  const id = changes.id ?? randomUUID();
  const createdAt = Math.floor((bench.clock.now() - ageDays * dayMs) / 1000) * 1000;
  state.sequence += 1;
  state.images[id] = {
    ...structuredClone(pattern),
    name,
    createdAt,
    updatedAt: createdAt,
    sequence: state.sequence,
    ...changes,
    id,
    properties: properties ?? snapshotOf(randomUUID()),
  };
  return id;
}

/** What Nova writes on a snapshot, as far as it matters here. */
export function snapshotOf(serverId: string, more: Record<string, string> = {}): Record<string, string> {
  return { image_type: "snapshot", instance_uuid: serverId, user_id: "5".repeat(32), ...more };
}

/** Takes this image for what a server was booted from. */
export function bootFrom(bench: Bench, server: string, imageId: string): void {
  const record = bench.cloud.state.servers[bench.cloud.ids.server(server)];
  if (!record) throw new Error(`no server ${server}`);
  record.imageId = imageId;
}

export { passEveryMs };
