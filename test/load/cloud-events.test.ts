// Three thousand events a minute at the hook, on the embedded default: the chain is as quick as without them.
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { connectDarkroom } from "../../client/index.ts";
import { type Delivery, startDelivery } from "../../infra/event-bridge/delivery.ts";
import { type Host, startHost } from "../../infra/local/host.ts";
import { demoIds } from "../../infra/simulated-openstack/index.ts";
import { machineSecret } from "../chain/signed-call.ts";

const serverId = demoIds.servers["analysis-1"];
const perMinute = 3_000;

let folder: string;
let host: Host;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "darkroom-load-"));
  const policyFile = join(folder, "policy.yaml");
  const simulated = { cloud: "darkroom", eventSecret: machineSecret, callsPerMinute: { reading: 10_000 } };
  writeFileSync(policyFile, JSON.stringify({ providers: { simulated } }));
  host = await startHost({ port: 0, dataFolder: folder, policyFile, simulatedSpeed: 5 });
});
afterAll(async () => {
  await host.close();
  rmSync(folder, { recursive: true, force: true });
});

async function signIn(): Promise<string> {
  const domain = { id: "default" };
  const password = { user: { name: "alice", domain, password: "simulated" } };
  const scope = { project: { name: "astro-lab", domain } };
  const answer = await fetch(`${host.cloud.simulated?.authUrl}/auth/tokens`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ auth: { identity: { methods: ["password"], password }, scope } }),
  });
  return answer.headers.get("x-subject-token") ?? "";
}

/** How long a request takes from its POST to its end. */
async function requestMs(name: string): Promise<number> {
  const darkroom = connectDarkroom({ url: host.url, token: await signIn() });
  const beganMs = performance.now();
  const { body } = await darkroom.createImageRequest({
    body: { serverId, name, licenseAcknowledged: true, preparation: "as-is" },
  });
  for (;;) {
    const { body: request } = await darkroom.getImageRequest({ params: { id: body.id } });
    if (request.endedAt) {
      expect(request.status).toBe("completed");
      return performance.now() - beganMs;
    }
    await sleep(100);
  }
}

const event = (uuid: string) => ({
  event_type: "instance.power_off.end",
  message_id: randomUUID(),
  payload: { uuid, tenant_id: "p", display_name: "x", state: "stopped" },
});

/** As the bridge brings them: one call at a time, with whatever came meanwhile. */
function bridge() {
  return startDelivery({ hookUrl: `${host.url}/v1/hooks/clouds/simulated`, secret: machineSecret });
}

/** Evenly, until told to stop; one in a hundred is about the server of the request. */
function events(): { end(): Promise<{ given: number; delivered: number }> } {
  const stopping = new AbortController();
  const delivery = bridge();
  let given = 0;
  const worked = (async () => {
    const beganMs = performance.now();
    for (; !stopping.signal.aborted; given++) {
      give(delivery, given % 100 === 0 ? serverId : randomUUID());
      await sleep(Math.max(0, beganMs + (given * 60_000) / perMinute - performance.now()));
    }
  })();
  return {
    async end() {
      stopping.abort();
      await worked;
      await delivery.idle();
      return { given, delivered: delivery.counts.delivered };
    },
  };
}

function give(delivery: Delivery, uuid: string): void {
  delivery.take({ event: event(uuid), sinceMs: Date.now(), done: () => undefined, undeliverable: () => undefined });
}

test("a request takes as long with 3,000 events a minute as without", async () => {
  await requestMs("warming up");
  const alone: number[] = [];
  const flooded: number[] = [];
  let told = 0;
  for (let round = 1; round <= 3; round++) {
    alone.push(await requestMs(`alone ${round}`));
    const flood = events();
    flooded.push(await requestMs(`flooded ${round}`));
    const { given, delivered } = await flood.end();
    expect(delivered).toBe(given);
    told += given;
  }
  const inSeconds = (list: number[]) => list.map((ms) => (ms / 1000).toFixed(1)).join(", ");
  console.log(`a request alone: ${inSeconds(alone)} s; with ${told} events beside: ${inSeconds(flooded)} s`);
  expect(Math.min(...flooded)).toBeLessThan(Math.max(...alone) * 1.2);
});

test("3,000 events at once are taken in seconds", async () => {
  const delivery = bridge();
  const beganMs = performance.now();
  for (let count = 0; count < 3_000; count++) give(delivery, randomUUID());
  await delivery.idle();
  const tookMs = performance.now() - beganMs;
  console.log(`3,000 events at once: ${Math.round(tookMs)} ms`);
  expect(delivery.counts).toEqual({ delivered: 3_000, tooOld: 0, undeliverable: 0 });
  expect(tookMs).toBeLessThan(60_000);
});
