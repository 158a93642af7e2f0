// What is asked for while processes die, told from the caller's side: who gets no answer asks again.
import { type ImageRequest, statusOf } from "../../lib/requests/image-request.ts";
import { guestsSay } from "./guests.ts";
import type { Run, Surroundings } from "./lane.ts";

export interface Scenario extends Surroundings {
  readonly name: string;
  /** How it is to end, whatever dies. */
  readonly end: "completed" | "cancelled";
  readonly server: string;
  readonly asked?: Record<string, unknown>;
  /** How many images and temporary servers Nova makes for it, exactly; absent: one image, no server. */
  readonly makes?: { readonly images: number; readonly servers: number };
  /** Which effects may be rows of its matrix, by name; absent: every one. What an earlier scenario's matrix has is not killed again. */
  readonly rows?: RegExp;
  /** The request, ended. */
  play(run: Run, scenario: Scenario): Promise<ImageRequest>;
}

const secrets = ["/opt/tool/key.pem"];
const cleaned = { preparation: "clean" };
/** Nobody's yes is needed, and the smallest flavor will do. */
const unasked = { approvalNeededFor: [], visibilities: ["private", "shared"], testRamMib: 512 };

export const scenarios: readonly Scenario[] = [
  {
    name: "as-is",
    end: "completed",
    server: "analysis-1",
    play: async (run, scenario) => await run.drive(await post(run, scenario)),
  },
  {
    name: "approved by staff, live, of a server that was stopped",
    end: "completed",
    rows: /^(approve|decide-image-request) /,
    server: "stopped-1",
    policy: { approvalNeededFor: ["private", "shared", "community", "public"] },
    asked: { consistency: "live" },
    async play(run, scenario) {
      const id = await post(run, scenario);
      await run.drive(id, { until: ({ step, waiting }) => step === "approve" && waiting !== undefined });
      await decide(run, id);
      return await run.drive(id);
    },
  },
  {
    name: "cancelled while the snapshot is made, of a server that was stopped",
    end: "cancelled",
    rows: /^(cancel-image-request|release) /,
    server: "stopped-1",
    async play(run, scenario) {
      const id = await post(run, scenario);
      await run.drive(id, { until: ({ ledger }) => ledger.some((entry) => "thingId" in entry) });
      await cancel(run, id);
      return await run.drive(id);
    },
  },
  {
    name: "cancelled once the server is given back; who died is away for ten minutes",
    end: "cancelled",
    rows: /^(cancel-image-request|release) /,
    server: "analysis-1",
    // Longer than Nova and Glance believe a token whose trust is gone.
    awayMs: 600_000,
    async play(run, scenario) {
      const id = await post(run, scenario);
      await run.drive(id, { until: ({ step }) => step === "describe" });
      await cancel(run, id);
      return await run.drive(id);
    },
  },
  {
    name: "as-is, every message lost, by the waker alone",
    end: "completed",
    rows: /^wake /,
    server: "analysis-1",
    play: async (run, scenario) => await run.drive(await post(run, scenario), { lost: true }),
  },
  {
    name: "cleaned",
    end: "completed",
    // Of a step that others have, only what it does otherwise here.
    rows: /^(sanitize|verify) |^release .*(\/image\/|servers)/,
    server: "stopped-1",
    policy: unasked,
    asked: cleaned,
    guests: guestsSay(),
    makes: { images: 2, servers: 2 },
    play: async (run, scenario) => await run.drive(await post(run, scenario)),
  },
  {
    name: "secrets found, answered for, cleaned again",
    end: "completed",
    rows: /^answer-image-request /,
    server: "stopped-1",
    policy: unasked,
    asked: { ...cleaned, visibility: "shared" },
    guests: guestsSay({ secrets }),
    makes: { images: 2, servers: 3 },
    async play(run, scenario) {
      const id = await post(run, scenario);
      await run.drive(id, { until: (request) => statusOf(request) === "asking" });
      await reply(run, id);
      return await run.drive(id);
    },
  },
  {
    name: "cancelled while it is cleaned",
    end: "cancelled",
    rows: /^release .*(\/image\/|servers|evidence)/,
    server: "stopped-1",
    policy: unasked,
    asked: cleaned,
    guests: guestsSay(),
    makes: { images: 1, servers: 1 },
    async play(run, scenario) {
      const id = await post(run, scenario);
      await run.drive(id, { until: ({ waiting }) => waiting?.why.startsWith("inside the temporary server") ?? false });
      await cancel(run, id);
      return await run.drive(id);
    },
  },
];

/**
 * Of these only the first of a name is a row: a step claims, reads, hears, sends on and gives a message back in the same way each time, and dying there again
 * leaves what dying there the first time left. What changes the cloud, the ledger or the outcome is a row each time.
 */
const alike = / \| (table: request (claim|postponed)|queue: |cloud: GET |cloud: POST .* os-getConsoleOutput)/;

export function isRow({ rows }: Scenario, { name, nth }: { name: string; nth: number }): boolean {
  return (rows?.test(name) ?? true) && (nth === 1 || !alike.test(name));
}

/** The id of the request that was accepted. */
export async function post(run: Run, { server, asked }: Scenario): Promise<string> {
  const body = {
    serverId: run.cloud.ids.server(server),
    name: "survivor",
    licenseAcknowledged: true,
    preparation: "as-is",
    ...asked,
  };
  const answer = await insist(run, "create-image-request", "alice", { body, key: `build ${run.clock.now()}` });
  if (answer.statusCode !== 202) throw new Error(`not accepted: ${answer.statusCode} ${answer.body}`);
  return JSON.parse(answer.body).id;
}

async function decide(run: Run, id: string): Promise<void> {
  const answer = await insist(run, "decide-image-request", "carol", {
    id,
    body: { decision: "approve", reason: "fine" },
  });
  // Whose decision was written, but not answered, is told on asking again that nothing waits for it any more.
  if (answer.statusCode !== 200 && answer.statusCode !== 409)
    throw new Error(`decision: ${answer.statusCode} ${answer.body}`);
}

async function reply(run: Run, id: string): Promise<void> {
  const answer = await insist(run, "answer-image-request", "alice", { id, body: { acknowledgedSecrets: secrets } });
  // Whose answer was written, but not answered, is told on asking again that nothing is asked any more.
  if (answer.statusCode !== 202 && answer.statusCode !== 409)
    throw new Error(`answer: ${answer.statusCode} ${answer.body}`);
}

async function cancel(run: Run, id: string): Promise<void> {
  const answer = await insist(run, "cancel-image-request", "alice", { id, body: {} });
  if (answer.statusCode !== 202) throw new Error(`cancel: ${answer.statusCode} ${answer.body}`);
}

interface HttpResult {
  readonly statusCode: number;
  readonly body: string;
}

/** Calls until there is an answer: a caller whose connection broke sends the same again. */
async function insist(
  run: Run,
  name: string,
  person: "alice" | "carol",
  { id, body, key }: { id?: string; body: unknown; key?: string },
): Promise<HttpResult> {
  const headers = { "x-auth-token": await token(run, person), ...(key !== undefined && { "idempotency-key": key }) };
  const event = { headers, body: JSON.stringify(body), pathParameters: id === undefined ? {} : { id } };
  for (let tries = 0; tries < 3; tries++) {
    const told = await run.tell({ function: name, event });
    if (told) return told.result as HttpResult;
  }
  throw new Error(`${name} never answers`);
}

async function token({ cloud }: Run, person: "alice" | "carol"): Promise<string> {
  const domain = { id: "default" };
  const password = { user: { name: person, domain, password: "simulated" } };
  const scope = { project: { name: person === "alice" ? "astro-lab" : "staff", domain } };
  const answer = await fetch(`${cloud.authUrl}/auth/tokens`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ auth: { identity: { methods: ["password"], password }, scope } }),
  });
  return answer.headers.get("x-subject-token") ?? "";
}
