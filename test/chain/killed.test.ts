// `npm start` killed for real, in the middle of a request, and started again on the same data: it goes on where it was.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";

const root = join(import.meta.dirname, "../..");
const folder = mkdtempSync(join(tmpdir(), "darkroom-killed-"));
let running: Started | undefined;

type Started = { process: ChildProcess; url: string; cloudUrl: string };

afterAll(async () => {
  if (running) await kill(running, "SIGTERM");
  rmSync(folder, { recursive: true, force: true });
});

test("killed while the server stops, and again while the snapshot is made, a request completes with one image", async () => {
  running = await start();
  const id = (
    await call(running, "POST", "/v1/image-requests", {
      serverId: "e0000000-0000-4000-8000-000000000001",
      name: "survivor",
      licenseAcknowledged: true,
      preparation: "as-is",
    })
  ).id;
  for (const step of ["quiesce", "capture"]) {
    await waited(running, id, step);
    await kill(running, "SIGKILL");
    running = await start();
  }
  const request = await ended(running, id);
  expect(request).toMatchObject({ status: "completed", image: { name: "survivor" } });
  const { images } = await cloudCall(running, "/image/v2/images?visibility=private");
  expect(
    images.filter(({ name }: { name: string }) => name === "survivor" || name?.startsWith("darkroom-")),
  ).toHaveLength(1);
}, 400_000);

test("a second start on the same data says who has it, and harms nothing", async () => {
  if (!running) throw new Error("nothing runs");
  const second = spawn(process.execPath, ["infra/local/start.ts"], { cwd: root, env: environment() });
  let said = "";
  second.stderr.on("data", (chunk) => {
    said += chunk;
  });
  const [code] = await once(second, "exit");
  expect({ code, said }).toEqual({
    code: 1,
    said: expect.stringContaining(`in use by another Darkroom (process ${running.process.pid}`),
  });
  expect(await (await fetch(`${running.url}/health`)).json()).toMatchObject({ status: "ok" });
});

function environment(): NodeJS.ProcessEnv {
  const { OS_CLOUD: _cloud, DARKROOM_CONFIG: _config, OS_CLIENT_CONFIG_FILE: _file, ...rest } = process.env;
  return { ...rest, PORT: "0", DARKROOM_DATA: folder, DARKROOM_SIMULATED_SPEED: "3", LOG_LEVEL: "info" };
}

async function start(): Promise<Started> {
  const child = spawn(process.execPath, ["infra/local/start.ts"], {
    cwd: root,
    env: environment(),
    stdio: ["ignore", "pipe", "inherit"],
  });
  const urls: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    urls.push(...(line.match(/http:\/\/127\.0\.0\.1:\d+/g) ?? []));
    const [url, cloudUrl] = urls;
    if (url && cloudUrl) return { process: child, url, cloudUrl };
  }
  throw new Error(`npm start ended with ${child.exitCode}`);
}

async function kill({ process: child }: Started, signal: NodeJS.Signals): Promise<void> {
  const ended = once(child, "exit");
  child.kill(signal);
  await ended;
}

async function token({ cloudUrl }: Started): Promise<string> {
  const domain = { id: "default" };
  const password = { user: { name: "alice", domain, password: "simulated" } };
  const auth = { identity: { methods: ["password"], password }, scope: { project: { name: "astro-lab", domain } } };
  const answer = await fetch(`${cloudUrl}/identity/v3/auth/tokens`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ auth }),
  });
  return answer.headers.get("x-subject-token") ?? "";
}

// biome-ignore lint/suspicious/noExplicitAny: what was answered is what the test asserts
async function call(started: Started, method: string, path: string, body?: unknown): Promise<any> {
  const headers = { "x-auth-token": await token(started), "content-type": "application/json" };
  const answer = await fetch(`${started.url}${path}`, {
    method,
    headers,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return await answer.json();
}

// biome-ignore lint/suspicious/noExplicitAny: what was answered is what the test asserts
async function cloudCall(started: Started, path: string): Promise<any> {
  return await (
    await fetch(`${started.cloudUrl}${path}`, {
      headers: { "x-auth-token": await token(started), accept: "application/json" },
    })
  ).json();
}

type Shown = { status: string; endedAt: string | null; image: unknown };
type Entry = { step: string; what: string };

async function ended(started: Started, id: string): Promise<Shown> {
  for (;;) {
    const request: Shown = await call(started, "GET", `/v1/image-requests/${id}`);
    if (request.endedAt) return request;
    await sleep(250);
  }
}

/** By the timeline, which remembers: the state itself passes while nobody looks. */
async function waited(started: Started, id: string, step: string): Promise<void> {
  for (;;) {
    const { timeline }: { timeline: Entry[] } = await call(started, "GET", `/v1/image-requests/${id}/timeline`);
    if (timeline.some((entry) => entry.step === step && entry.what === "waiting")) return;
    if (timeline.some(({ what }) => what === "ended"))
      throw new Error(`no wait in ${step}: ${JSON.stringify(timeline)}`);
    await sleep(250);
  }
}
