// The chain on a bench: the real functions, the table's real protocol and the simulated cloud over HTTP, with one clock turned by hand.
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from "aws-lambda";
import * as z from "zod";
import { allOperations } from "../../events/operations/index.ts";
import { problemShape } from "../../events/problem.ts";
import type { StepMessage } from "../../events/step-message.ts";
import { hashSecret } from "../../infra/simulated-openstack/identity/secrets.ts";
import { handTurnedClock, startSimulatedCloud } from "../../infra/simulated-openstack/index.ts";
import type { Table } from "../../lib/aws/table.ts";
import { openRateLimits } from "../../lib/http/rate-limit.ts";
import { openNoticeStore } from "../../lib/notify/notice-store.ts";
import type { Limits } from "../../lib/openstack/index.ts";
import { openEvidenceStore } from "../../lib/requests/evidence.ts";
import type { ImageRequest } from "../../lib/requests/image-request.ts";
import { nameLock, openLocks, serverLock } from "../../lib/requests/locks.ts";
import { openRequestStore } from "../../lib/requests/store.ts";
import { openRuntimeFrom, openRuntimeWith, type Runtime } from "../../lib/runtime.ts";
import { isStepName, type StepName, stepNames } from "../../lib/workflow/chain.ts";
import { runStep } from "../../lib/workflow/run-step.ts";
import type { Step } from "../../lib/workflow/step.ts";
import { wakeOverdue } from "../../lib/workflow/waker.ts";
import { secretWatch } from "../secrets/watch.ts";
import { openBenchTable } from "./bench-table.ts";

export type Bench = Awaited<ReturnType<typeof startBench>>;

/** Stands for a signed-in person of the demo's seed. */
export type Person = "alice" | "bob" | "carol";

const projectOf: Record<Person, string> = { alice: "astro-lab", bob: "bio-lab", carol: "staff" };
/** Longer than any step may live on the bench, as on AWS. */
const timeoutMs = 60_000;

export interface BenchOptions {
  readonly policy?: Record<string, unknown>;
  /** Policies of providers beside `simulated`, by name; the same cloud. */
  readonly otherProviders?: Record<string, Record<string, unknown>>;
  /** Of the policy file. */
  readonly portals?: Record<string, unknown>;
  /** In place of the emulator's. */
  readonly table?: Table;
  /** Of calls to the cloud; their time-out is the machine's time, whatever the clock says. */
  readonly limits?: Partial<Limits>;
  /** More of the functions' environment. */
  readonly settings?: Record<string, string>;
  /** How many times as fast as a real cloud this one is. */
  readonly speed?: number;
  /** Where the clock begins; the machine's time by default. */
  readonly beginsAtMs?: number;
}

export async function startBench(options: BenchOptions = {}) {
  const folder = mkdtempSync(join(tmpdir(), "darkroom-bench-"));
  const clock = handTurnedClock(options.beginsAtMs ?? Date.now());
  const watch = secretWatch();
  const cloud = await startSimulatedCloud({
    clock,
    onSecret: watch.secret,
    ...(options.speed !== undefined && { speed: options.speed }),
  });
  process.env.LOG_LEVEL = watch.swallowsLog ? "info" : "silent";
  const emulator = options.table ? undefined : await openBenchTable(folder);

  // The demo's password is a word that stands everywhere: ours is to be found where it must not be.
  const servicePassword = `password-${randomBytes(12).toString("hex")}`;
  watch.secret(servicePassword);
  const serviceUser = cloud.state.users[cloud.ids.user("darkroom")];
  if (serviceUser) serviceUser.passwordHash = hashSecret(servicePassword);
  const clouds = cloud.cloudsYaml();
  writeFileSync(join(folder, "clouds.yaml"), `${clouds}${serviceEntry(cloud.authUrl, servicePassword)}`);
  const policy = {
    cloud: "darkroom",
    // Tests ask more in a minute of a clock that stands still than people do.
    callsPerMinute: { reading: 100_000, changing: 100_000 },
    approvers: [{ role: "imaging-staff", project: cloud.ids.project("staff") }],
    ...options.policy,
  };
  writeFileSync(
    join(folder, "darkroom.yaml"),
    JSON.stringify({ providers: { simulated: policy, ...options.otherProviders }, portals: options.portals ?? {} }),
  );
  const queue: { message: StepMessage; dueMs: number }[] = [];
  const pokes: { about: string; dueMs: number }[] = [];
  const environment = {
    TABLE_NAME: "darkroom-bench",
    QUEUE_URL_PREFIX: "http://127.0.0.1:9/bench-",
    OS_CLIENT_CONFIG_FILE: join(folder, "clouds.yaml"),
    OS_CLIENT_SECURE_FILE: join(folder, "clouds.yaml"),
    DARKROOM_CONFIG: join(folder, "darkroom.yaml"),
    ...options.settings,
  };
  // Whoever waits before a call is tried again turns the clock on.
  const clientsClock = { now: () => clock.now(), sleep: async (ms: number) => clock.advance(ms) };
  const opened = await openRuntimeFrom(environment, { clock: clientsClock, limits: options.limits });
  const runtime: Runtime = {
    ...opened,
    ...(options.table && storeOn(options.table)),
    rates: openRateLimits(options.table ?? opened.table, clock),
    clock,
    queue: {
      async send(message, delayMs) {
        watch.written("queue", JSON.stringify(message));
        queue.push({ message, dueMs: clock.now() + delayMs });
      },
      async poke(about, delayMs) {
        watch.written("queue", about);
        pokes.push({ about, dueMs: clock.now() + delayMs });
      },
    },
  };
  const { keepSealedToken } = runtime.store;
  runtime.store.keepSealedToken = (id, sealed) => {
    watch.secret(sealed);
    return keepSealedToken(id, sealed);
  };
  openRuntimeWith(runtime);
  const steps = await loadSteps();

  const look = async (message: StepMessage) => {
    if (!isStepName(message.step)) throw new Error(`no step ${message.step}`);
    await runStep(steps[message.step], message, runtime, { signal: worker.signal, timeoutMs });
  };

  let worker = new AbortController();
  /** The deadline of whatever worker is at work has come: its calls to the cloud end now. */
  const endWorker = () => {
    worker.abort();
    worker = new AbortController();
  };

  /** Delivers what is due, turning the clock on to the next message, or to the waker, until `until` holds. */
  const drive = async (
    id: string,
    until: (request: ImageRequest) => boolean | Promise<boolean> = (request) => request.endedAt !== undefined,
  ) => {
    for (let rounds = 0; rounds < 500; rounds++) {
      const request = await runtime.store.get(id);
      if (!request) throw new Error(`request ${id} is not stored`);
      if (await until(request)) return request;
      const next = queue.sort((a, b) => a.dueMs - b.dueMs).shift();
      if (!next) {
        clock.advance(Math.max(1, (request.wakeAtMs ?? clock.now()) + 1 - clock.now()));
        await wakeOverdue(runtime);
        continue;
      }
      clock.advance(Math.max(0, next.dueMs - clock.now()));
      await look(next.message);
    }
    const { step, waiting, end } = (await runtime.store.get(id)) ?? {};
    throw new Error(`request ${id} does not get there: ${JSON.stringify({ step, waiting, end })}`);
  };

  /** Gives a person a role in a project, as an administrator would. */
  const grant = (person: Person, role: string, project: string) => {
    const { user, role: roleId, project: projectId } = cloud.ids;
    cloud.state.grants.push({ userId: user(person), roleId: roleId(role), projectId: projectId(project) });
  };

  const token = async (person: Person, project = projectOf[person]): Promise<string> => {
    const answer = await fetch(`${cloud.authUrl}/auth/tokens`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        auth: {
          identity: {
            methods: ["password"],
            password: { user: { name: person, domain: { id: "default" }, password: "simulated" } },
          },
          scope: { project: { name: project, domain: { id: "default" } } },
        },
      }),
    });
    const subject = answer.headers.get("x-subject-token");
    if (!subject) throw new Error(`no token for ${person}: ${answer.status} ${await answer.text()}`);
    return subject;
  };

  /** Calls a function of functions/api or functions/hooks as API Gateway does. */
  const call = async (
    name: string,
    person: Person | undefined,
    event: {
      id?: string;
      /** Beside `id`, what stands in the braces of the path. */
      params?: Record<string, string>;
      body?: unknown;
      query?: Record<string, string>;
      headers?: Record<string, string>;
    } = {},
  ) => {
    const folder = /-(cloud-events|portal-call)$/.test(name) ? "hooks" : "api";
    const { handler } = (await import(`../../functions/${folder}/${name}.ts`)) as { handler: Handler };
    const headers = { ...(person && { "x-auth-token": await token(person) }), ...event.headers };
    const body =
      event.body === undefined
        ? {}
        : { body: typeof event.body === "string" ? event.body : JSON.stringify(event.body) };
    const gateway = {
      headers,
      pathParameters: { ...(event.id !== undefined && { id: event.id }), ...event.params },
      queryStringParameters: event.query,
      ...body,
    };
    const answer = await handler(gateway as unknown as APIGatewayProxyEventV2, context as Context);
    const status = answer.statusCode ?? 0;
    const isJson = /json/.test(String(answer.headers?.["content-type"]));
    const content = answer.body && isJson ? JSON.parse(answer.body) : answer.body;
    // Whoever signs in is handed their own token, and whoever registers an endpoint its secret: once, and nowhere else.
    const handed = [content?.token, content?.secret].filter((each) => typeof each === "string");
    const handsOut = /^(create-token|finish-websso|create-webhook|replace-webhook-secret)$/.test(name);
    const told = `${JSON.stringify(answer.headers ?? {})}${answer.body ?? ""}`;
    const isPage = name === "finish-websso" && status < 400; // the page that brings the token to the portal
    if (!isPage)
      watch.written("answer", handsOut ? handed.reduce((text, secret) => text.replaceAll(secret, ""), told) : told);
    if (handsOut) for (const secret of handed) watch.secret(secret);
    expectDeclared(name, status, content);
    return { status, headers: answer.headers ?? {}, body: content };
  };

  return {
    cloud,
    clock,
    runtime,
    queue,
    pokes,
    look,
    endWorker,
    drive,
    call,
    grant,
    token,
    async close() {
      await cloud.close();
      await emulator?.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function serviceEntry(authUrl: string, password: string): string {
  const auth = { auth_url: authUrl, username: "darkroom", password, project_name: "imaging" };
  const domains = { user_domain_name: "Default", project_domain_name: "Default" };
  const entry = { region_name: "RegionOne", identity_api_version: 3, auth: { ...auth, ...domains } };
  return `  darkroom: ${JSON.stringify(entry)}\n`;
}

/** Whatever a function answers, its operation has said so. */
function expectDeclared(name: string, status: number, content: unknown): void {
  const operation = allOperations.find(({ id }) => id === name);
  if (!operation) throw new Error(`events/operations has no ${name}`);
  if (status === 304 && operation.method === "GET" && content === undefined) return;
  const declared = status < 400 ? operation.answers[status] : { schema: problemShape };
  if (!declared) throw new Error(`${name} answered ${status}, which its operation does not declare`);
  const parsed = declared.schema?.safeParse(content);
  if (parsed && !parsed.success) {
    throw new Error(`${name} answered ${status} otherwise than declared:\n${z.prettifyError(parsed.error)}`);
  }
}

type Handler = (event: APIGatewayProxyEventV2, context: Context) => Promise<APIGatewayProxyStructuredResultV2>;

const context: Partial<Context> = {
  functionName: "bench",
  awsRequestId: "bench",
  getRemainingTimeInMillis: () => 29_000,
};

function storeOn(table: Table): Pick<Runtime, "table" | "store" | "locks" | "evidence" | "notices"> {
  const store = openRequestStore(table);
  return {
    table,
    store,
    locks: openLocks(table, (id) => store.get(id)),
    evidence: openEvidenceStore(table),
    notices: openNoticeStore(table),
  };
}

async function loadSteps(): Promise<Record<StepName, Step>> {
  const loaded = stepNames.map(async (name) => [name, (await import(`../../functions/steps/${name}.ts`))[name]]);
  return Object.fromEntries(await Promise.all(loaded));
}

/** A request that can be granted. */
export function asking(bench: Bench, more: Record<string, unknown> = {}) {
  return {
    serverId: bench.cloud.ids.server("analysis-1"),
    name: "first-image",
    licenseAcknowledged: true,
    preparation: "as-is",
    ...more,
  };
}

export function serverNow(bench: Bench, name: string) {
  const server = bench.cloud.state.servers[bench.cloud.ids.server(name)];
  if (!server) throw new Error(`no server ${name}`);
  return server;
}

/** The published image, as the cloud has it. */
export function imageOf(bench: Bench, request: ImageRequest) {
  const image = bench.cloud.state.images[request.learned.publish?.imageId ?? ""];
  if (!image) throw new Error(`request ${request.id} has no image`);
  return image;
}

/** Nothing of ours in the cloud but, where it ended well, the image; and no lock in the table. */
export async function expectNothingLeft(
  bench: Bench,
  request: ImageRequest,
  { image }: { image: boolean },
): Promise<void> {
  const ours = Object.values(bench.cloud.state.images).filter(({ name, properties }) => {
    return (
      name?.startsWith("darkroom-") ||
      properties.darkroom_mark !== undefined ||
      properties.darkroom_request === request.id
    );
  });
  expect(ours.map(({ id }) => id)).toEqual(image ? [request.learned.publish?.imageId] : []);
  expect(temporaryServers(bench)).toEqual([]);
  expect(Object.values(bench.cloud.state.trusts)).toEqual([]);
  expect(request.ledger.filter(({ struckAtMs }) => struckAtMs === undefined).map(({ kind }) => kind)).toEqual(
    image ? [request.asked.preparation === "clean" ? "clean-image" : "snapshot"] : [],
  );
  expect(await bench.runtime.locks.holder(serverLock(request.provider, request.server.id))).toBeUndefined();
  expect(
    await bench.runtime.locks.holder(nameLock(request.provider, request.projectId, request.asked.name)),
  ).toBeUndefined();
  expect(request.sealedToken).toBeUndefined();
  expect(request.wakeAtMs).toBeUndefined();
}

/** Names of the temporary servers that are there. */
export function temporaryServers(bench: Bench): string[] {
  const there = Object.values(bench.cloud.state.servers).filter(({ vmState }) => vmState !== "deleted");
  return there.map(({ name }) => name).filter((name) => name.startsWith("darkroom-"));
}
