// The embedded default as a whole, in processes of its own: the repository's functions, killed and started again.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { connectDarkroom } from "../../client/index.ts";
import { imageRequestExample } from "../../events/image-request.ts";
import { demoIds } from "../simulated-openstack/index.ts";
import { eventually } from "./fixtures/eventually.ts";

type Started = {
  url: string;
  authUrl: string;
  endpoints: { sqs: string; dynamodb: string };
  logFile: string;
  serverId: string;
};

const folder = mkdtempSync(join(tmpdir(), "host-"));
const children: ChildProcess[] = [];
/** A process loads Node, the emulators and every function; two cores may be busy with other tests. */
const boundMs = 120_000;

afterEach(async () => {
  for (const child of children.splice(0)) await end(child, "SIGKILL");
});
afterAll(() => rmSync(folder, { recursive: true }));

function run(program: string, dataFolder: string, more: Record<string, string> = {}): ChildProcess {
  const env = {
    PATH: process.env.PATH,
    HOME: folder,
    PORT: "0",
    DARKROOM_DATA: dataFolder,
    DARKROOM_SIMULATED_SPEED: "10",
    ...more,
  };
  const child = spawn(process.execPath, [join(import.meta.dirname, program)], {
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  children.push(child);
  return child;
}

async function start(dataFolder: string) {
  const child = run("fixtures/host-process.ts", dataFolder);
  const said = text(child.stderr);
  const lines = createInterface({ input: child.stdout ?? process.stdin });
  const ended = once(child, "exit").then(() => Promise.reject(new Error(`it ended: ${said()}`)));
  const [line] = await Promise.race([once(lines, "line"), ended]);
  ended.catch(() => undefined);
  return { child, ...(JSON.parse(String(line)) as Started) };
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const ended = once(child, "exit");
  child.kill(signal);
  await ended;
  return child.exitCode;
}

/** Everything that came so far. */
function text(stream: NodeJS.ReadableStream | null): () => string {
  let all = "";
  stream?.on("data", (chunk: Buffer) => {
    all += chunk.toString();
  });
  return () => all;
}

async function signIn({ authUrl }: Started, name: string, project: string): Promise<string> {
  const domain = { id: "default" };
  const identity = { methods: ["password"], password: { user: { name, domain, password: "simulated" } } };
  const body = JSON.stringify({ auth: { identity, scope: { project: { name: project, domain } } } });
  const answer = await fetch(`${authUrl}/auth/tokens`, {
    method: "POST",
    body,
    headers: { "content-type": "application/json" },
  });
  return answer.headers.get("x-subject-token") ?? "";
}

async function signedIn(started: Started, name: string, project: string) {
  return connectDarkroom({ url: started.url, token: await signIn(started, name, project) });
}

function withApproval(name: string): string {
  const dataFolder = join(folder, name);
  mkdirSync(dataFolder);
  const policy = { cloud: "darkroom", approvers: [{ role: "imaging-staff", project: demoIds.projects.staff }] };
  const providers = { simulated: { ...policy, approvalNeededFor: ["private"] } };
  writeFileSync(join(dataFolder, "darkroom.yaml"), JSON.stringify({ providers }));
  return dataFolder;
}

test(
  "killed while a request waits and a message is delayed, and started again, it goes on: both are there, the request ends published",
  async () => {
    const dataFolder = withApproval("killed");
    const first = await start(dataFolder);
    const alice = await signedIn(first, "alice", "astro-lab");
    const asked = { ...imageRequestExample, serverId: first.serverId, preparation: "as-is" as const };
    const params = { id: (await alice.createImageRequest({ body: asked })).body.id };
    const waits = async () => (await alice.getImageRequest({ params })).body.step === "approve";
    await eventually("the wait for staff", waits, boundMs);
    const MessageId = await sendDelayed(first, "resume");
    await end(first.child, "SIGKILL");

    const second = await start(dataFolder);
    const aliceAgain = await signedIn(second, "alice", "astro-lab");
    const { body } = await aliceAgain.getImageRequest({ params });
    expect(body).toMatchObject({ ...params, step: "approve" });
    await eventually("the delayed message", () => readFileSync(second.logFile, "utf8").includes(MessageId), boundMs);
    const carol = await signedIn(second, "carol", "staff");
    await carol.decideImageRequest({ params, body: { decision: "approve" } });
    const ended = await eventually(
      "the end of the request",
      async () => {
        const { body: shown } = await aliceAgain.getImageRequest({ params });
        return ["completed", "failed", "cancelled", "denied", "expired"].includes(shown.status) && shown;
      },
      boundMs,
    );
    expect(ended).toMatchObject({ status: "completed", image: { name: asked.name } });
  },
  boundMs * 2,
);

/** No step knows what to do with it: `resume` says so in its log, with the message's id. */
async function sendDelayed({ endpoints }: Started, step: string): Promise<string> {
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  const sqs = new SQSClient({ endpoint: endpoints.sqs, region: "eu-central-1", credentials });
  const QueueUrl = `${endpoints.sqs}/000000000000/darkroom-local-${step}`;
  const { MessageId = "" } = await sqs.send(
    new SendMessageCommand({ QueueUrl, MessageBody: "not a message", DelaySeconds: 3 }),
  );
  sqs.destroy();
  return MessageId;
}

test(
  "it answers on loopback, keeps secrets to itself, tells a second start who has the data, and ends well on SIGTERM",
  async () => {
    const dataFolder = join(folder, "plain");
    const first = run("start.ts", dataFolder);
    const said = text(first.stdout);
    const url = await eventually(
      "its address",
      () => /serves at (http:\/\/127\.0\.0\.1:\d+)$/m.exec(said())?.[1],
      boundMs,
    );
    expect(await (await fetch(`${url}/health`)).json()).toEqual({ status: "ok", providers: ["simulated"] });
    expect((await fetch(`${url}/v1/image-requests`)).status).toBe(401);
    expect(statSync(join(dataFolder, "clouds.yaml")).mode & 0o777).toBe(0o600);
    expect(statSync(dataFolder).mode & 0o777).toBe(0o700);

    const second = run("start.ts", dataFolder);
    const complaint = text(second.stderr);
    const [code] = await once(second, "exit");
    expect([code, complaint()]).toEqual([
      1,
      `Darkroom cannot run: ${dataFolder} is in use by another Darkroom (process ${first.pid}, ${url}). ` +
        "Stop it, or set DARKROOM_DATA to another folder.\n",
    ]);
    expect(await end(first, "SIGTERM")).toBe(0);
  },
  boundMs,
);

test(
  "what is wrong in the configuration is said at the start",
  async () => {
    const clouds = join(folder, "clouds.yaml");
    writeFileSync(clouds, "clouds: { ours: { auth: { auth_url: 'http://127.0.0.1:1/v3' } } }");
    const wrong: [Record<string, string>, string][] = [
      [{ PORT: "http" }, "PORT must be a number"],
      [{ OS_CLOUD: "theirs", OS_CLIENT_CONFIG_FILE: clouds }, `${clouds}: no cloud "theirs"; there are: ours`],
      [
        { DARKROOM_CONFIG: "/nowhere/darkroom.yaml" },
        "DARKROOM_CONFIG names /nowhere/darkroom.yaml, which is not there",
      ],
    ];
    for (const [env, message] of wrong) {
      const child = run("start.ts", join(folder, "wrong"), env);
      const said = text(child.stderr);
      const [code] = await once(child, "exit");
      expect([code, said()]).toEqual([1, expect.stringContaining(message)]);
    }
  },
  boundMs,
);
