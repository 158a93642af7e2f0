// Where junk is thrown: the bench with everything that a call may be about, set back again and again, so that the last call meets what the first met.
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from "aws-lambda";
import type { Operation } from "../../events/operation.ts";
import { allOperations } from "../../events/operations/index.ts";
import { problemShape } from "../../events/problem.ts";
import { problemsOf } from "../../lib/reference/openapi.ts";
import type { MemoryTable } from "../matrix/memory-table.ts";
import { openBenchVenue } from "../strangers/bench-venue.ts";
import { type Caller, callers } from "../strangers/callers.ts";
import { expectedOf, openMatrix } from "../strangers/matrix.ts";
import { operationOf, type Row, table } from "../strangers/table.ts";
import type { Input } from "../strangers/venue.ts";
import { type Sent, sentInstead, type Thrown } from "./thrown.ts";

export type JunkStage = Awaited<ReturnType<typeof openJunkStage>>;

/** After so many calls everything is as it was, and a minute later, so that nobody is told to wait. */
const setBackEvery = 40;

type Handler = (event: APIGatewayProxyEventV2, context: Context) => Promise<APIGatewayProxyStructuredResultV2>;

interface Target {
  readonly operation: Operation;
  readonly handler: Handler;
  /** Calls that would be taken, each with who may make it. */
  readonly good: readonly { readonly input: Input; readonly expected: Record<Caller, number> }[];
}

export async function openJunkStage() {
  const venue = await openBenchVenue();
  const { bench } = venue;
  const targets = await aim(venue);
  const { state } = bench.cloud;
  const { items } = bench.runtime.table as MemoryTable;
  const kept = structuredClone({ state, items: [...items] });
  /** By operation, how often each status was answered. */
  const counts = new Map<string, Map<number, number>>();
  let calls = 0;

  const setBack = async () => {
    for (const key of Object.keys(state) as (keyof typeof state)[]) delete state[key];
    Object.assign(state, structuredClone(kept.state));
    items.clear();
    for (const [id, item] of structuredClone(kept.items)) items.set(id, item);
    bench.queue.splice(0);
    bench.cloud.calls.length = 0;
    await venue.rest();
  };

  const aimed = async (id: string, thrown: Thrown) => {
    if (calls++ % setBackEvery === 0) await setBack();
    const target = targets.get(id);
    const row = target?.good[thrown.who % target.good.length];
    if (!target || !row) throw new Error(`there is no operation ${id}, or no good call of it`);
    const who = whoCalls(row.expected, thrown.who);
    return { ...target, sent: sentInstead(row.input, thrown), token: await venue.token(who) };
  };

  /** Throws an Error that holds the whole call where it was answered as no call may be. */
  const throwAt = async (id: string, thrown: Thrown): Promise<number> => {
    const { operation, handler, sent, token } = await aimed(id, thrown);
    const answer = await handler(eventOf(operation, sent, token, calls), context as Context);
    const status = answer.statusCode ?? 0;
    const byStatus = counts.get(id) ?? new Map<number, number>();
    counts.set(id, byStatus.set(status, (byStatus.get(status) ?? 0) + 1));
    const wrong = wrongWith(operation, status, answer);
    if (wrong) throw new Error(`${id} ${wrong}\nsent: ${cut(JSON.stringify(sent))}\nanswered: ${cut(answer.body)}`);
    return status;
  };

  return {
    throwAt,
    /** The call as it would be sent, for who sends it by another road. */
    aimed,
    /** By operation. */
    handlers: new Map([...targets].map(([id, { handler }]) => [id, handler])),
    context: context as Context,
    counts,
    /** Whoever may do it at all, of some row. */
    canBeTaken: (id: string) =>
      (targets.get(id)?.good ?? []).some(({ expected }) => Object.values(expected).some((status) => status < 300)),
    close: () => venue.close(),
  };
}

/** Every operation with the calls that the table of strangers knows to be good. */
async function aim(venue: Awaited<ReturnType<typeof openBenchVenue>>): Promise<Map<string, Target>> {
  const matrix = openMatrix(venue);
  const targets = new Map<string, Target>();
  for (const operation of allOperations) {
    const rows = Object.entries(table).filter(([name]) => operationOf(name) === operation.id);
    const good = [];
    for (const [, row] of rows) good.push({ input: await goodCall(row, matrix, venue), expected: expectedOf(row) });
    const folder = operation.path.startsWith("/v1/hooks/") ? "hooks" : "api";
    const { handler } = (await import(`../../functions/${folder}/${operation.id}.ts`)) as { handler: Handler };
    targets.set(operation.id, { operation, handler, good });
  }
  return targets;
}

async function goodCall(
  row: Row,
  { the }: ReturnType<typeof openMatrix>,
  venue: Awaited<ReturnType<typeof openBenchVenue>>,
): Promise<Input> {
  return await row.call(the, venue);
}

/** Seven of ten are somebody who may. */
function whoCalls(expected: Record<Caller, number>, who: number): Caller {
  const mayCall = callers.filter((caller) => expected[caller] < 300);
  const among = who < 70 && mayCall.length > 0 ? mayCall : callers;
  return among[who % among.length] ?? "owner";
}

function eventOf(
  { method, path }: Operation,
  sent: Sent,
  token: string | undefined,
  at: number,
): APIGatewayProxyEventV2 {
  const { params, query, body, isBase64Encoded } = sent;
  const event = {
    version: "2.0",
    routeKey: `${method} ${path}`,
    rawPath: path,
    headers: { ...(token !== undefined && { "x-auth-token": token }), ...sent.headers },
    ...(params && Object.keys(params).length > 0 && { pathParameters: params }),
    ...(query && Object.keys(query).length > 0 && { queryStringParameters: query }),
    ...(body !== undefined && body !== "" && { body }),
    isBase64Encoded,
    requestContext: {
      domainName: "imaging.example.org",
      // Some strangers, each at an address of their own.
      http: { method, path, protocol: "HTTP/1.1", sourceIp: `192.0.2.${at % 8}`, userAgent: "" },
    },
  };
  return event as unknown as APIGatewayProxyEventV2;
}

const context: Partial<Context> = {
  functionName: "junk",
  awsRequestId: "junk",
  getRemainingTimeInMillis: () => 29_000,
};

/** In words; undefined where the answer is one that the operation is described with. */
function wrongWith(
  operation: Operation,
  status: number,
  { body, headers = {} }: APIGatewayProxyStructuredResultV2,
): string | undefined {
  if (status >= 500) return `answered ${status}`;
  if (headers["x-content-type-options"] !== "nosniff") return "answered without what every answer carries";
  if (status === 304) return operation.method === "GET" ? undefined : "answered 304";
  if (status < 400) {
    const declared = operation.answers[status];
    if (!declared) return `answered ${status}, which is not declared`;
    return declared.schema && !declared.schema.safeParse(JSON.parse(body ?? "null")).success
      ? `answered ${status} otherwise than declared`
      : undefined;
  }
  if (!problemsOf(operation).includes(status)) return `refused with ${status}, which is not declared`;
  const problem = problemShape.safeParse(JSON.parse(body ?? "null"));
  return problem.success ? undefined : "refused with what is no problem";
}

function cut(text: string | undefined): string {
  return String(text).slice(0, 2_000);
}
