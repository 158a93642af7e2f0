// The mails and webhooks of a whole request arrive, once, in order, at a real SMTP server and a real HTTP receiver of another process;
// Darkroom runs as `npm start` runs it, and is killed and started again in between.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Webhook } from "standardwebhooks";
import { eventually } from "../../../infra/local/fixtures/eventually.ts";
import { demoIds } from "../../../infra/simulated-openstack/index.ts";

interface Arrived {
  kind: "mail" | "webhook" | "listening";
  smtp?: number;
  http?: number;
  to?: string[];
  from?: string;
  subject?: string;
  text?: string;
  messageId?: string;
  headers?: Record<string, string>;
  body?: string;
}
interface Started {
  url: string;
  authUrl: string;
  serverId: string;
  logFile: string;
}

const folder = mkdtempSync(join(tmpdir(), "notices-"));
const root = join(import.meta.dirname, "../../..");
const children: ChildProcess[] = [];
const boundMs = 120_000;
afterAll(async () => {
  for (const child of children) await kill(child);
  rmSync(folder, { recursive: true, force: true });
});

function run(program: string, env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [join(root, program)], {
    env: { PATH: process.env.PATH, HOME: folder, ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  children.push(child);
  const lines: string[] = [];
  createInterface({ input: child.stdout ?? process.stdin }).on("line", (line) => lines.push(line));
  return { child, lines };
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
}

/** The host of `npm start`; its clock for what is overdue runs faster, so that a killed worker's rest is found soon. */
async function startDarkroom(smtp: number): Promise<Started & { child: ChildProcess }> {
  const { child, lines } = run("infra/local/fixtures/host-process.ts", {
    PORT: "0",
    DARKROOM_DATA: join(folder, "data"),
    DARKROOM_CONFIG: join(folder, "darkroom.yaml"),
    DARKROOM_SIMULATED_SPEED: "10",
    DARKROOM_MAIL: `smtp://127.0.0.1:${smtp}`,
    LOG_LEVEL: "info",
  });
  const started = await eventually(
    "Darkroom's start",
    () => lines.slice(0, 1).map((line) => JSON.parse(line) as Started)[0],
    boundMs,
  );
  return { ...started, child };
}

async function signIn({ authUrl }: Started, name: string, project: string): Promise<string> {
  const domain = { id: "default" };
  const identity = { methods: ["password"], password: { user: { name, domain, password: "simulated" } } };
  const body = JSON.stringify({ auth: { identity, scope: { project: { name: project, domain } } } });
  const headers = { "content-type": "application/json" };
  const answer = await fetch(`${authUrl}/auth/tokens`, { method: "POST", body, headers });
  return answer.headers.get("x-subject-token") ?? "";
}

// biome-ignore lint/suspicious/noExplicitAny: what was answered
async function call({ url }: Started, token: string, path: string, body?: unknown): Promise<any> {
  const sent = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
  const answer = await fetch(`${url}${path}`, {
    headers: { "x-auth-token": token, "content-type": "application/json" },
    ...sent,
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${text}`);
  return JSON.parse(text);
}

const policy = {
  cloud: "darkroom",
  approvers: [{ role: "imaging-staff", project: demoIds.projects.staff }],
  approvalNeededFor: ["private"],
  mailFrom: "Imaging <imaging@cloud.example>",
  portalUrl: "https://portal.example/requests/{id}",
};
const asked = { licenseAcknowledged: true, preparation: "as-is" };
const milestones = ["received", "awaiting-approval", "started", "handed-back", "completed"];

test("the mails and webhooks of a whole request arrive, once, in order, at a real SMTP server and a real HTTP receiver of another process", async () => {
  writeFileSync(join(folder, "darkroom.yaml"), JSON.stringify({ providers: { simulated: policy } }));
  const { lines } = run("test/notices/processes/receivers-process.ts");
  const arrived = () => lines.map((line) => JSON.parse(line) as Arrived);
  const { smtp = 0, http = 0 } = await eventually("the receivers' start", () => arrived()[0], boundMs);
  const first = await startDarkroom(smtp);

  const alice = await signIn(first, "alice", "astro-lab");
  const hook = await call(first, alice, "/v1/webhooks", { url: `http://127.0.0.1:${http}/darkroom` });
  const { id } = await call(first, alice, "/v1/image-requests", { ...asked, name: "whole", serverId: first.serverId });
  const of = (kind: Arrived["kind"]) => arrived().filter((each) => each.kind === kind);
  const types = () => of("webhook").map(({ body = "{}" }) => JSON.parse(body).type.replace("image-request.", ""));
  await eventually("the notice that it waits", () => types().length >= 2 && of("mail").length >= 2, boundMs);
  // What arrived and was not written down before the death may come again: that is the other test's affair.
  const over = () => readFileSync(first.logFile, "utf8").match(/"message":"notice".*"left":"over"/g) ?? [];
  await eventually("both written down", () => over().length >= 4, boundMs);

  // Killed: whoever comes after goes on, and tells nothing again.
  await kill(first.child);
  const second = await startDarkroom(smtp);
  const carol = await signIn(second, "carol", "staff");
  const shown = () => call(second, carol, `/v1/image-requests/${id}`);
  await call(second, carol, `/v1/image-requests/${id}/decision`, { decision: "approve" });
  await eventually("the end of the request", async () => (await shown()).status === "completed", boundMs);
  await eventually("the last notices", () => types().length >= 5 && of("mail").length >= 5, boundMs);
  // What would come twice comes now: the clock has looked several times since.
  await new Promise((resolve) => setTimeout(resolve, 3_000));

  expect(types()).toEqual(milestones);
  expect(of("mail").map(({ subject }) => subject)).toEqual([
    "Your image “whole” was asked for",
    "Your image “whole” waits for approval",
    "We are imaging your server “analysis-1”: please leave it alone",
    "Your server “analysis-1” is yours again",
    "Your image “whole” is ready",
  ]);
  for (const mail of of("mail"))
    expect(mail).toMatchObject({ to: ["alice@simulated.invalid"], from: "imaging@cloud.example" });
  expect(of("mail")[2]?.text).toContain("do not stop, start or suspend");
  expect(new Set(of("mail").map(({ messageId }) => messageId)).size).toBe(5);

  const receiver = new Webhook(hook.secret);
  for (const { headers = {}, body = "" } of of("webhook")) receiver.verify(body, headers);
  const { image } = await shown();
  expect(JSON.parse(of("webhook").at(-1)?.body ?? "{}").data).toMatchObject({ requestId: id, imageId: image.id });
  expect(lines.join("\n")).not.toMatch(/gAAAA/);
  expect(lines.join("\n")).not.toContain(hook.secret.slice("whsec_".length));
  for (const { trusts } of [JSON.parse(readFileSync(join(folder, "data", "simulated-openstack.json"), "utf8"))])
    for (const trust of Object.keys(trusts ?? {})) expect(lines.join("\n")).not.toContain(trust);
});

test("killed over a mail or a webhook, again and again: no mail comes twice; a webhook that does has the same id and body", async () => {
  rmSync(join(folder, "data"), { recursive: true, force: true });
  writeFileSync(join(folder, "darkroom.yaml"), JSON.stringify({ providers: { simulated: policy } }));
  const { lines } = run("test/notices/processes/receivers-process.ts");
  const arrived = () => lines.map((line) => JSON.parse(line) as Arrived);
  const { smtp = 0, http = 0 } = await eventually("the receivers' start", () => arrived()[0], boundMs);
  let darkroom = await startDarkroom(smtp);
  const alice = await signIn(darkroom, "alice", "astro-lab");
  await call(darkroom, alice, "/v1/webhooks", { url: `http://127.0.0.1:${http}/darkroom` });
  const body = { ...asked, name: "killed", serverId: darkroom.serverId };
  const { id } = await call(darkroom, alice, "/v1/image-requests", body);

  /** Kills Darkroom at the very moment at which something arrives. */
  const killAtNextArrival = async () => {
    const before = lines.length;
    await eventually("the next arrival", () => lines.length > before, boundMs);
    await kill(darkroom.child);
    darkroom = await startDarkroom(smtp);
  };
  await killAtNextArrival();
  await eventually(
    "the wait for staff",
    async () => (await call(darkroom, alice, `/v1/image-requests/${id}`)).status === "awaiting-approval",
    boundMs,
  );
  const carol = await signIn(darkroom, "carol", "staff");
  await call(darkroom, carol, `/v1/image-requests/${id}/decision`, { decision: "approve" });
  await killAtNextArrival();
  const status = async () => (await call(darkroom, alice, `/v1/image-requests/${id}`)).status;
  await eventually("the end of the request", async () => (await status()) === "completed", boundMs);
  const webhooks = () => arrived().filter(({ kind }) => kind === "webhook");
  const ids = () => new Set(webhooks().map(({ headers }) => headers?.["webhook-id"]));
  await eventually("every webhook", () => ids().size === milestones.length, 2 * boundMs);

  // Each death may have cost the one mail that was on its way. The others need not be as quick as the webhooks.
  const mails = () => arrived().filter(({ kind }) => kind === "mail");
  await eventually("all mails but two", () => mails().length >= milestones.length - 2, 2 * boundMs);
  expect(new Set(mails().map(({ messageId }) => messageId)).size).toBe(mails().length);
  const bodies = new Map<string | undefined, Set<string | undefined>>();
  for (const { headers, body } of webhooks()) {
    const known = bodies.get(headers?.["webhook-id"]) ?? new Set();
    bodies.set(headers?.["webhook-id"], known.add(body));
  }
  for (const known of bodies.values()) expect(known.size).toBe(1);
}, 600_000);
