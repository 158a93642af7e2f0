// Every kind of fault, before and after the effect of a call of every service: what a client sees of it, and whether the effect is there.
import { get } from "node:http";
import { demoIds, errorStatuses, type FaultAnswer, faultKindsAt } from "./index.ts";
import { type Speaker, type TryOut, tryOut } from "./test-client.ts";

const kinds = faultKindsAt(20);
const server = demoIds.servers["analysis-1"];

type Kind = keyof typeof kinds;
type Call = { ask(speaker: Speaker): Promise<unknown>; happened(out: TryOut): boolean };

const imageNamed = (out: TryOut) => Object.values(out.cloud.state.images).some(({ name }) => name === "made");
const calls: Record<string, Call> = {
  identity: {
    ask: (alice) => alice.ask("POST", "/identity/v3/OS-TRUST/trusts", trust),
    happened: (out) => Object.keys(out.cloud.state.trusts).length > 0,
  },
  compute: {
    ask: (alice) => alice.act(server, { createImage: { name: "made" } }),
    happened: imageNamed,
  },
  image: {
    ask: (alice) => alice.ask("POST", "/image/v2/images", { name: "made" }),
    happened: imageNamed,
  },
  volume: {
    ask: (alice) => alice.ask("POST", "/volume/v3/volumes", { volume: { size: 1, name: "made" } }),
    happened: (out) => Object.values(out.cloud.state.volumes).some(({ name }) => name === "made"),
  },
};

const trust = {
  trust: {
    trustor_user_id: demoIds.users.alice,
    trustee_user_id: demoIds.users.darkroom,
    project_id: demoIds.projects["astro-lab"],
    impersonation: true,
    roles: [{ name: "member" }],
  },
};

/** `status` of the answer, or `ends` where there is no whole one. */
async function seen(asked: Promise<unknown>): Promise<{ status: number | "ends"; text: string; body: unknown }> {
  try {
    const { status, text, body } = (await asked) as { status: number; text: string; body: unknown };
    return { status, text, body };
  } catch {
    return { status: "ends", text: "", body: undefined };
  }
}

const happensLater = (kind: Kind) => kind === "slow" || kind === "slow body";

function expectedStatus(kind: Kind, truth: number): number | "ends" {
  const answer: FaultAnswer = kinds[kind];
  if (answer === "reset" || "cut" in answer) return "ends";
  if ("error" in answer) return answer.error;
  if ("status" in answer) return answer.status;
  return kind === "page with 200" ? 200 : truth;
}

describe.each(Object.keys(calls))("%s", (service) => {
  const call = calls[service] as Call;
  const truth = { identity: 201, compute: 202, image: 201, volume: 202 }[service] ?? 0;

  test.each(["before", "after"] as const)("every kind %s the effect", async (when) => {
    const met: Record<string, unknown> = {};
    const due: Record<string, unknown> = {};
    for (const kind of Object.keys(kinds) as Kind[]) {
      await using out = await tryOut();
      const alice = await out.as("alice");
      const fault = out.cloud.faults.add({ when, times: 1, answer: kinds[kind] });
      const { status } = await seen(call.ask(alice));
      met[kind] = { status, happened: call.happened(out), hits: fault.hits };
      due[kind] = { status: expectedStatus(kind, truth), happened: when === "after" || happensLater(kind), hits: 1 };
    }
    expect(met).toEqual(due);
    expect(Object.keys(met).length).toBe(errorStatuses.length + 18);
  });
});

test("each service refuses in its own words and shape", async () => {
  await using out = await tryOut();
  const alice = await out.as("alice");
  out.cloud.faults.add({ when: "before", answer: { error: 413, message: "too much", retryAfter: { seconds: 0 } } });
  const nova = await alice.ask("GET", "/compute/v2.1/servers");
  expect(nova.body).toEqual({ overLimit: { code: 413, message: "too much", retryAfter: "0" } });
  const glance = await alice.ask("GET", "/image/v2/images");
  expect(glance.body).toEqual({
    message: "too much<br /><br />\n\n\n",
    code: "413 Request Entity Too Large",
    title: "Request Entity Too Large",
  });
  const keystone = await alice.ask("GET", "/identity/v3/auth/tokens");
  expect(keystone.body).toEqual({ error: { code: 413, message: "too much", title: "Request Entity Too Large" } });
  const cinder = await alice.ask("GET", "/volume/v3/volumes");
  expect(cinder.body).toEqual(nova.body);
  for (const { headers } of [nova, glance, keystone, cinder]) {
    expect(headers.get("Retry-After")).toBe("0");
    expect(headers.get("X-Openstack-Request-Id")).toMatch(/^req-/);
  }
});

test("Retry-After as a date is that of the cloud's clock", async () => {
  await using out = await tryOut();
  out.clock.advance(5000);
  out.cloud.faults.add({ when: "before", answer: kinds["throttled, date"] });
  const { status, headers } = await out.ask("GET", "/image/v2/images");
  expect([status, headers.get("Retry-After")]).toEqual([429, "Thu, 01 Jan 2026 00:00:07 GMT"]);
});

test("wrong shapes are of the true answer, and before the effect of one that never was", async () => {
  await using out = await tryOut();
  const alice = await out.as("alice");
  const shapes = async (when: "before" | "after") => {
    const bodies: Record<string, unknown> = {};
    for (const shape of ["other", "list", "nulls", "half", "empty", "page"] as const) {
      const fault = out.cloud.faults.add({ when, answer: { shape } });
      const { body, text } = await alice.ask("GET", `/compute/v2.1/servers/${server}`);
      bodies[shape] = body ?? text;
      fault.remove();
    }
    return bodies;
  };
  const bodies = await shapes("after");
  expect(bodies).toMatchObject({ other: { unexpected: [1, "two", { three: null }] }, list: [], empty: "" });
  expect(bodies.nulls).toMatchObject({ server: { id: null, name: null, flavor: { id: null } } });
  expect(bodies.half).toMatch(/^\{"server"/);
  expect(bodies.page).toMatch(/^<!doctype html>/);
  expect(await shapes("before")).toEqual(bodies);
});

test("a slow body: the head is there at once, the body later", async () => {
  const out = await tryOut();
  const alice = await out.as("alice");
  const look = () =>
    fetch(`${out.cloud.url}/compute/v2.1/servers/${server}`, { headers: { "X-Auth-Token": alice.token } });
  out.cloud.faults.add({ when: "after", times: 1, answer: { bodyDelayMs: 1 } });
  expect(await (await look()).json()).toMatchObject({ server: { id: server } });
  // So late that nobody sees it.
  out.cloud.faults.add({ when: "after", answer: { bodyDelayMs: 3_600_000 } });
  const response = await look();
  expect(response.status).toBe(200);
  const body = response.text().catch((error: Error) => error.message);
  await out.cloud.close();
  expect(await body).toBe("terminated");
});

test.each([
  ["length", { length: true, encoding: undefined }],
  ["chunked", { length: false, encoding: "chunked" }],
] as const)("cut, by %s: less comes than was said", async (cut, { length, encoding }) => {
  await using out = await tryOut();
  const alice = await out.as("alice");
  const whole = (await alice.ask("GET", "/compute/v2.1/flavors/detail")).text;
  out.cloud.faults.add({ when: "after", answer: { cut } });
  const { headers, received, aborted } = await raw(`${out.cloud.url}/compute/v2.1/flavors/detail`, alice.token);
  expect(headers["content-length"]).toBe(length ? String(Buffer.byteLength(whole)) : undefined);
  expect(headers["transfer-encoding"]).toBe(encoding);
  expect(received).toBe(whole.slice(0, Math.floor(whole.length / 2)));
  expect(aborted).toBe(true);
});

test("a caller who gave up on a slow call: it has its effect all the same", async () => {
  await using out = await tryOut();
  const alice = await out.as("alice");
  const { faults } = out.cloud;
  faults.add({ when: "before", body: /createImage/, answer: { delayMs: 100 } });
  const controller = new AbortController();
  const meet = faults.meet.bind(faults);
  faults.meet = (call) => {
    const met = meet(call);
    // Taken and not performed yet.
    if (met.length > 0) controller.abort();
    return met;
  };
  const asked = fetch(`${out.cloud.url}/compute/v2.1/servers/${server}/action`, {
    method: "POST",
    signal: controller.signal,
    headers: { "X-Auth-Token": alice.token, "Content-Type": "application/json" },
    body: JSON.stringify({ createImage: { name: "made" } }),
  }).catch((error: Error) => error.name);
  expect(await asked).toBe("AbortError");
  expect(imageNamed(out)).toBe(false);
  while (out.cloud.calls.at(-1)?.action !== "createImage") await new Promise((resolve) => setTimeout(resolve, 5));
  expect(imageNamed(out)).toBe(true);
});

test("a cloud that closes waits for no fault", async () => {
  const out = await tryOut();
  out.cloud.faults.add({ when: "before", answer: { delayMs: 3_600_000 } });
  const asked = out.ask("GET", "/image/v2/images").catch((error: Error) => error.message);
  while (out.cloud.faults.hits === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  await out.cloud.close();
  expect(await asked).toBe("fetch failed");
});

type RawReply = { headers: Record<string, unknown>; received: string; aborted: boolean };

const raw = (url: string, token: string): Promise<RawReply> =>
  new Promise((resolve, reject) => {
    get(url, { headers: { "X-Auth-Token": token } }, (response) => {
      const chunks: Buffer[] = [];
      const end = (aborted: boolean) =>
        resolve({ headers: response.headers, received: Buffer.concat(chunks).toString("utf8"), aborted });
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", () => end(true));
      response.on("end", () => end(false));
    }).on("error", reject);
  });
