// A request as the door stores it, for whoever asks the store alone; and the store on a table of its own.
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { imageRequestBody } from "../../events/image-request.ts";
import { openTable } from "../../lib/aws/table.ts";
import type { ImageRequest } from "../../lib/requests/image-request.ts";
import { openLocks } from "../../lib/requests/locks.ts";
import { openRequestStore } from "../../lib/requests/store.ts";
import { openBenchTable } from "../chain/bench-table.ts";

export async function openStore() {
  const folder = mkdtempSync(join(tmpdir(), "darkroom-store-"));
  const engine = await openBenchTable(folder);
  const table = openTable("darkroom-bench");
  const store = openRequestStore(table);
  return {
    table,
    store,
    locks: openLocks(table, store.get),
    async close() {
      await engine.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export const nowMs = Date.parse("2026-01-05T12:00:00Z");

export function sampleRequest(more: Partial<ImageRequest> = {}): ImageRequest {
  const at = new Date(nowMs).toISOString();
  return {
    schemaVersion: 1,
    id: randomUUID(),
    version: 1,
    provider: "simulated",
    projectId: randomUUID(),
    requester: { userId: "u", userName: "alice", projectName: "astro-lab" },
    server: { id: "s", name: "analysis" },
    asked,
    license: { version: "1", acknowledgedBy: "u", at },
    fingerprint: "f",
    createdAt: at,
    updatedAt: at,
    approvalDeadline: at,
    step: "check",
    learned: {},
    ledger: [{ kind: "trust", mark: "m", intentAtMs: nowMs, trustId: "t" }],
    timeline: [{ at, step: "check", what: "received", text: "asked for" }],
    signals: 0,
    wakes: 0,
    wakeAtMs: nowMs,
    ...more,
  };
}

const asked = imageRequestBody.parse({
  serverId: "e0000000-0000-4000-8000-000000000001",
  name: "first-image",
  preparation: "as-is",
  licenseAcknowledged: true,
});
