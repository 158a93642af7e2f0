// For tests about images: a bench whose cloud holds them as a test wants them.

import { type Bench, type BenchOptions, startBench } from "../chain/bench.ts";
import { openMemoryTable } from "../matrix/memory-table.ts";

type ImageRecord = Bench["cloud"]["state"]["images"][string];

/** The table's protocol is not the matter here. */
export function startCatalogue(options: BenchOptions = {}): Promise<Bench> {
  return startBench({ table: openMemoryTable(), ...options });
}

let made = 0;

/** Alice's project's, private, active, unless told otherwise; each a second younger than the one before. */
export function putImage(bench: Bench, more: Partial<ImageRecord> = {}): string {
  made += 1;
  const id = `d0000000-0000-4000-8000-${String(made).padStart(12, "0")}`;
  bench.clock.advance(1_000);
  const now = bench.clock.now();
  const like = bench.cloud.state.images[bench.cloud.ids.image("taken-name")];
  if (!like) throw new Error("the demo has no image taken-name");
  bench.cloud.state.images[id] = {
    ...structuredClone(like),
    id,
    name: `image ${made}`,
    properties: {},
    members: {},
    tags: [],
    createdAt: now,
    updatedAt: now,
    sequence: 1_000 + made,
    ...more,
  };
  return id;
}

/** What Darkroom writes at a publication. */
export function published(bench: Bench, version?: string, more: Record<string, string> = {}) {
  return {
    darkroom_request: "5e6f3a52-7d1c-5a0e-9c1b-0d8f5b6a7c21",
    darkroom_published_at: new Date(bench.clock.now()).toISOString(),
    darkroom_preparation: "clean",
    ...(version !== undefined && { darkroom_version: version, darkroom_change_log: `what is new in ${version}` }),
    ...more,
  };
}

export function record(bench: Bench, id: string): ImageRecord {
  const image = bench.cloud.state.images[id];
  if (!image) throw new Error(`no image ${id}`);
  return image;
}
