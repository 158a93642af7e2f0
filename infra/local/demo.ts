// `npm run demo`: the embedded default, with one request followed to its end on the terminal. `--once` exits then, 0 only if the image was published.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type AnswerOf, connectDarkroom, type Darkroom } from "../../client/index.ts";
import { imageRequestExample } from "../../events/image-request.ts";
import { type Host, startHost } from "./host.ts";
import { readSettings } from "./settings.ts";

const once = process.argv.includes("--once");
/** The whole demo takes some 15 s; a machine that needs this long is stuck. */
const boundMs = 120_000;
const lookEveryMs = 250;
/** The demo does not wait as long as a real cloud would make it. */
const demoSpeed = "40";
const marks: Record<string, string> = { done: "✓", passed: "–", refused: "✗", waiting: "…" };

try {
  process.exitCode = await demo();
} catch (error) {
  console.error(`The demo failed: ${error instanceof Error ? error.message : error}`);
  process.exit(1);
}

async function demo(): Promise<number> {
  // A demo begins with a cloud of its own each time; it takes nobody else's port and leaves no data behind.
  const dataFolder = mkdtempSync(join(tmpdir(), "darkroom-demo-"));
  const { PORT = once ? "0" : "3000", DARKROOM_SIMULATED_SPEED = demoSpeed } = process.env;
  const { OS_CLOUD: _cloud, DARKROOM_CONFIG: _policy, ...env } = process.env;
  for (const name of ["OS_CLOUD", "DARKROOM_CONFIG"]) delete process.env[name];
  const host = await startHost(readSettings({ ...env, PORT, DARKROOM_SIMULATED_SPEED, DARKROOM_DATA: dataFolder }));
  const end = async () => {
    await host.close();
    rmSync(dataFolder, { recursive: true, force: true });
  };
  try {
    const token = await signIn(host, "alice", "astro-lab");
    const request = await follow(host, connectDarkroom({ url: host.url, token }));
    const published = request.status === "completed";
    if (!published)
      console.error(`\n${request.problem?.title}: ${request.problem?.detail} ${request.problem?.remedy ?? ""}`);
    if (published) console.log(`\nPublished: image ${request.image?.id}, "${request.image?.name}".`);
    if (once) {
      await end();
      return published ? 0 : 1;
    }
    printWhatNext(host, dataFolder, request.id, token);
  } catch (error) {
    await end();
    throw error;
  }
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.once(signal, () => void end().then(() => process.exit(0)));
  return 0;
}

/** A token of the simulated cloud's Keystone, as a portal would have it. */
async function signIn(host: Host, user: string, project: string): Promise<string> {
  const domain = { id: "default" };
  const password = { user: { name: user, domain, password: "simulated" } };
  const answer = await fetch(`${host.cloud.simulated?.authUrl}/auth/tokens`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      auth: { identity: { methods: ["password"], password }, scope: { project: { name: project, domain } } },
    }),
  });
  const token = answer.headers.get("x-subject-token");
  if (!token) throw new Error(`Keystone gave ${user} no token: ${answer.status}`);
  return token;
}

/** Posts one request and prints its timeline as it grows: each step, why it waits, the time it took. */
async function follow(host: Host, darkroom: Darkroom): Promise<AnswerOf<"getImageRequest">> {
  const serverId = host.cloud.simulated?.ids.server("analysis-1") ?? "";
  console.log(`alice asks for an image of her running server analysis-1 (${serverId}):\n`);
  const { body: posted } = await darkroom.createImageRequest({ body: { ...imageRequestExample, serverId } });
  const params = { id: posted.id };
  const begunMs = Date.now();
  let printed = 0;
  let stepBeganMs = begunMs;
  let lastWait = "";
  for (;;) {
    const { body: request } = await darkroom.getImageRequest({ params });
    const { timeline } = (await darkroom.getTimeline({ params })).body;
    for (const entry of timeline.slice(printed)) {
      const tookMs = Date.parse(entry.at) - stepBeganMs;
      const ends = entry.what === "done" || entry.what === "passed" || entry.what === "refused";
      const mark = marks[entry.what] ?? " ";
      if (entry.what !== "waiting" || entry.text !== lastWait) {
        console.log(
          `  ${mark} ${entry.step.padEnd(11)}${entry.text}${ends ? `  (${(tookMs / 1000).toFixed(1)} s)` : ""}`,
        );
      }
      lastWait = entry.what === "waiting" ? entry.text : "";
      if (ends) stepBeganMs = Date.parse(entry.at);
    }
    printed = timeline.length;
    if (timeline.some(({ what }) => what === "ended"))
      return request.status === "releasing" ? (await darkroom.getImageRequest({ params })).body : request;
    if (Date.now() - begunMs > boundMs)
      throw new Error(`request ${posted.id} is still ${request.status} after ${boundMs / 1000} s; see ${host.logFile}`);
    await sleep(lookEveryMs);
  }
}

function printWhatNext(host: Host, dataFolder: string, id: string, token: string): void {
  const stopped = host.cloud.simulated?.ids.server("stopped-1");
  console.log(`
Darkroom goes on serving at ${host.url}; the simulated cloud is at ${host.cloud.simulated?.url}. Stop it with Ctrl-C. Try, in another terminal:

  export TOKEN=${token}
  curl -s -H "X-Auth-Token: $TOKEN" ${host.url}/v1/image-requests/${id}
  curl -s -H "X-Auth-Token: $TOKEN" ${host.url}/v1/image-requests/${id}/timeline
  # what was removed, and how the image was proven
  curl -s -H "X-Auth-Token: $TOKEN" ${host.url}/v1/image-requests/${id}/report

  # everything that stands in the way of imaging another server, before anything is touched
  curl -s -H "X-Auth-Token: $TOKEN" -H 'content-type: application/json' ${host.url}/v1/preflights \\
    -d '{"serverId":"${stopped}","name":"another","licenseAcknowledged":true}'

  # the whole interface, to read and to try: ${host.url}/docs

  # with any OpenStack client: users alice, bob, carol (staff)
  export OS_CLIENT_CONFIG_FILE=${join(dataFolder, "clouds.yaml")}
  openstack --os-cloud alice image list
`);
}
