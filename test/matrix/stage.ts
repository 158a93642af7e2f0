// A bench that is set back after each request, so that thousands can be tried one after the other, each on the cloud as it was.
import type { StepName } from "../../lib/workflow/chain.ts";
import { asking, type Bench, startBench } from "../chain/bench.ts";
import { guestsSay } from "../chain/speaking-guests.ts";
import { openMemoryTable } from "./memory-table.ts";

export type Stage = Awaited<ReturnType<typeof openStage>>;

/** Short, so that what stays down for ever is given up after few looks. */
const outagePatienceHours = 0.1;

/** What is asked for: matrices of their own. Staff are needed for it, so that the chain waits for a person, too. */
const asIs = { keepPaths: [{ path: "/srv", reason: "course material" }] };
export const requests = {
  "as-is": asIs,
  /** In the middle of `capture`. */
  cancelled: asIs,
  /** The trust's token ends before each step. */
  renewed: asIs,
  cleaned: { preparation: "clean", keepPaths: [{ path: "/home/alice/course", reason: "course material" }] },
} satisfies Record<string, Record<string, unknown>>;

export type RequestName = keyof typeof requests;

/** How it ends undisturbed. */
export function goalOf(name: RequestName): "completed" | "cancelled" {
  return name === "cancelled" ? "cancelled" : "completed";
}

/** What only a cleaned request does; of the steps before, it does the same as one that is taken as it is. */
export const stepsOfCleaning: readonly StepName[] = ["sanitize", "describe", "verify", "publish", "release"];

/** `speed`: of the cloud; guests take a minute of looks, all alike, where it is as slow as a real one. */
export async function openStage(policy: Record<string, unknown> = {}, { speed = 1 } = {}) {
  const table = openMemoryTable();
  const bench = await startBench({ table, speed, policy: { outagePatienceHours, ...policy } });
  guestsSay(bench, {});
  const { cloud, queue } = bench;
  const fresh = structuredClone(cloud.state);
  const tokens = { alice: await bench.token("alice"), carol: await bench.token("carol") };
  return {
    bench,
    table,
    fresh,
    /** Of people as they were before anything went wrong. */
    tokens,
    /** The cloud as it was, and nobody has ever asked for anything. Time alone goes on. */
    setBack() {
      const { state } = cloud;
      for (const key of Object.keys(state) as (keyof typeof state)[]) delete state[key];
      Object.assign(state, structuredClone(fresh));
      cloud.faults.clear();
      cloud.calls.length = 0;
      queue.splice(0);
      table.items.clear();
    },
    async post(name: RequestName): Promise<string> {
      const body = asking(bench, requests[name]);
      const answer = await bench.call("create-image-request", "alice", { body });
      if (answer.status !== 202) throw new Error(`not accepted: ${JSON.stringify(answer.body)}`);
      return answer.body.id;
    },
    close: () => bench.close(),
  };
}

export type { Bench };
