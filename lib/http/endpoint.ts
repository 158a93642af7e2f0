// An HTTP function: who calls, what was sent, one function that answers, and every error as problem+json.
import middy, { type MiddlewareObj } from "@middy/core";
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from "aws-lambda";
import type * as z from "zod";
import { type AnswersOf, changesSomething, type Operation, type ParamsOf } from "../../events/operation.ts";
import type { About, Facts } from "../audit/audit-record.ts";
import { openAuditTrail } from "../audit/trail.ts";
import { callLog } from "../call-log.ts";
import { log } from "../log.ts";
import { type CallReport, type Cloud, OpenStackFault } from "../openstack/index.ts";
import type { Provider } from "../providers/provider.ts";
import { problem } from "../requests/problem.ts";
import { openRuntime, type Runtime } from "../runtime.ts";
import { problemAnswer } from "./answer.ts";
import { countCall, countOpenCall, withRefusalsCounted } from "./call-rates.ts";
import { type Caller, identify } from "./caller.ts";
import { answeredOnce } from "./etag.ts";
import { HttpProblem, problemOfFault } from "./http-problem.ts";
import { parseWith, readJson } from "./input.ts";
import { securityHeaders } from "./security-headers.ts";

/** What anybody's call brings. */
export interface OpenCall<Body = unknown, Query = unknown, Params = unknown> {
  readonly runtime: Runtime;
  readonly body: Body;
  readonly query: Query;
  /** What stands in the braces of the path. */
  readonly params: Params;
  readonly event: APIGatewayProxyEventV2;
  header(name: string): string | undefined;
  /** The cloud, with calls that end before the function does. */
  bounded(cloud: Cloud): Cloud;
}

export interface CallOfAnybody<Body = unknown, Query = unknown, Params = unknown>
  extends OpenCall<Body, Query, Params> {
  /**
   * Undefined where no token was sent; a wrong one is refused and counted, as everywhere. A token is of the provider that the call names; one that is for no
   * project has no caller.
   */
  whoCalls(): Promise<{ provider: Provider; caller: Caller | undefined } | undefined>;
}

export interface Call<Body = unknown, Query = unknown, Params = unknown> extends OpenCall<Body, Query, Params> {
  readonly provider: Provider;
  readonly caller: Caller;
  /**
   * What the audit record of this call shall say of it, and about what it is. A successful call that is no GET is recorded by itself, with the operation's id,
   * the path's parameters and the names of the fields that were sent; no secret, no address and no person's name belongs here.
   */
  note(facts: Facts, about?: About): void;
  /** The audit record of this call shall not hold the caller's name: it is being erased. */
  withoutName(): void;
  /** A look that is to be recorded like a change: at what is another person's. */
  recordLook(): void;
}

type Answer = APIGatewayProxyStructuredResultV2;

/** Calls to the cloud are given up so long before the function's deadline. */
const reserveMs = 2_000;

/** An endpoint for callers with a Keystone token. Who calls is found out before what was sent is judged. */
export function endpoint<
  Path extends string,
  Body extends z.ZodType,
  Query extends z.ZodType,
  Answers extends AnswersOf,
>(
  operation: Operation<Path, Body, Query, Answers>,
  handle: (call: Call<z.output<Body>, z.output<Query>, ParamsOf<Path>>) => Promise<Answer>,
) {
  return entrance(operation, async (event, runtime, context) => {
    const input = read(operation, event);
    const { header } = input;
    const provider = chooseProvider(runtime, header("darkroom-provider"), input.json);
    const trail = openAuditTrail(operation, runtime.clock);
    const bounded = boundedBy(context, trail.report);
    const caller = await identify(provider, header("x-auth-token"), runtime.clock.now(), bounded, (validated) =>
      withRefusalsCounted(runtime, addressOf(event), validated),
    );
    await countCall(runtime, operation, provider, caller);
    if (caller.isReader && changesSomething(operation) && !operation.ofOneself) throw mayOnlyLook();
    const call = {
      runtime,
      provider: { ...provider, service: bounded(provider.service) },
      caller,
      ...judged(operation, input),
      event,
      header,
      bounded,
      note: trail.note,
      withoutName: trail.withoutName,
      recordLook: trail.recordLook,
    };
    return await trail.follow({ ...call, sent: input.json }, () => handle(call));
  });
}

/** Darkroom acts with what the caller delegates, which a reader's token would fail with later; what the project has in the table, the cloud does not guard. */
function mayOnlyLook(): HttpProblem {
  const detail = "Your only role in this project is reader.";
  const remedy = "Ask for the role member in the project.";
  return new HttpProblem(403, problem("read-only", "You may look, and change nothing", detail, { remedy }));
}

/** An endpoint for anybody. */
export function openEndpoint<
  Path extends string,
  Body extends z.ZodType,
  Query extends z.ZodType,
  Answers extends AnswersOf,
>(
  operation: Operation<Path, Body, Query, Answers>,
  handle: (call: CallOfAnybody<z.output<Body>, z.output<Query>, ParamsOf<Path>>) => Promise<Answer>,
) {
  return entrance(operation, async (event, runtime, context) => {
    countOpenCall(runtime, addressOf(event));
    const input = read(operation, event);
    const { header } = input;
    const bounded = boundedBy(context);
    const whoCalls = async () => {
      const token = header("x-auth-token");
      if (token === undefined) return undefined;
      const provider = chooseProvider(runtime, header("darkroom-provider"), input.json);
      const caller = await identify(provider, token, runtime.clock.now(), bounded, (validated) =>
        withRefusalsCounted(runtime, addressOf(event), validated),
      ).catch(noneWithoutProject);
      return { provider, caller };
    };
    return handle({ runtime, ...judged(operation, input), event, header, bounded, whoCalls });
  });
}

function noneWithoutProject(error: unknown): undefined {
  if (!(error instanceof HttpProblem) || !error.problem.type.endsWith(":no-project")) throw error;
}

/** Whatever the way in: every answer is finished, every error a problem. */
export function entrance(
  operation: Pick<Operation, "method">,
  handle: (event: APIGatewayProxyEventV2, runtime: Runtime, context: Context) => Promise<Answer>,
) {
  return middy<APIGatewayProxyEventV2, Answer>()
    .use(finish(operation))
    .use(problems())
    .handler(async (event, context) => handle(event, await openRuntime(), context));
}

export function boundedBy(
  context: Context,
  told: (call: CallReport) => void = () => undefined,
): (cloud: Cloud) => Cloud {
  const signal = AbortSignal.timeout(Math.max(0, context.getRemainingTimeInMillis() - reserveMs));
  const logged = callLog({ invocation: context.awsRequestId });
  const report = (call: CallReport) => {
    logged(call);
    told(call);
  };
  return (cloud) => cloud.within(signal, report);
}

interface Input {
  readonly json: unknown;
  readonly event: APIGatewayProxyEventV2;
  header(name: string): string | undefined;
}

function read(operation: Pick<Operation, "body" | "maxBodyBytes">, event: APIGatewayProxyEventV2): Input {
  const header = (name: string) => event.headers[name.toLowerCase()];
  return { json: operation.body ? readJson(event, operation.maxBodyBytes) : undefined, event, header };
}

export function judged<Path extends string, Body extends z.ZodType, Query extends z.ZodType, Answers extends AnswersOf>(
  { body, query }: Operation<Path, Body, Query, Answers>,
  { json, event }: Input,
) {
  return {
    body: (body ? parseWith(body, json) : undefined) as z.output<Body>,
    query: (query ? parseWith(query, event.queryStringParameters ?? {}, "query") : undefined) as z.output<Query>,
    params: (event.pathParameters ?? {}) as ParamsOf<Path>,
  };
}

/** Who is at the other end of the connection: the only thing about a stranger that they cannot choose. */
export function addressOf({ requestContext }: APIGatewayProxyEventV2): string {
  return requestContext?.http?.sourceIp ?? "unknown";
}

/** What every answer carries, refusals too. First in use, so last at work. */
function finish({ method }: Pick<Operation, "method">): MiddlewareObj<APIGatewayProxyEventV2, Answer> {
  const finished = (request: { event: APIGatewayProxyEventV2; response: Answer | null | undefined }) => {
    const { event, response } = request;
    const { headers, ...given } = response ?? {};
    const answer = { ...given, headers: { ...securityHeaders(event.requestContext?.domainName), ...headers } };
    request.response = method === "GET" ? answeredOnce(event.headers["if-none-match"], answer) : answer;
  };
  return { after: finished, onError: finished };
}

/** Every error becomes problem+json; what nobody foresaw says nothing of our inside but the id under which it is logged. */
function problems(): MiddlewareObj<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2> {
  return {
    onError: (request) => {
      const { error } = request;
      request.response = problemAnswer(
        error instanceof HttpProblem
          ? error
          : error instanceof OpenStackFault
            ? problemOfFault(error)
            : unforeseen(error, request.context),
      );
    },
  };
}

function unforeseen(error: unknown, context: Context): HttpProblem {
  log.error("endpoint failed", { function: context.functionName, invocation: context.awsRequestId, error });
  const detail = `Something went wrong inside Darkroom; it is logged as ${context.awsRequestId}.`;
  return new HttpProblem(
    500,
    problem("internal", "An error of ours", detail, {
      remedy: "Try again; if it happens again, tell the support of this cloud.",
    }),
  );
}

/** By the header, else by the body's `provider`, else the only one there is. */
export function chooseProvider(runtime: Runtime, header: string | undefined, json: unknown): Provider {
  const { all } = runtime.providers;
  const inBody = typeof json === "object" && json !== null && "provider" in json ? json.provider : undefined;
  const named = header ?? (typeof inBody === "string" ? inBody : undefined);
  const names = all.map(({ name }) => name).join(", ");
  if (named === undefined) {
    if (all.length === 1 && all[0]) return all[0];
    throw new HttpProblem(
      400,
      problem("provider-needed", "Which provider?", "Several providers are configured.", {
        remedy: `Name one in the header Darkroom-Provider: ${names}.`,
      }),
    );
  }
  if (header !== undefined && typeof inBody === "string" && inBody !== header) {
    throw new HttpProblem(
      422,
      problem("invalid", "Which provider?", "The header Darkroom-Provider and the body name different providers.", {
        errors: [{ field: "provider", detail: `the header says ${header.slice(0, 64)}` }],
      }),
    );
  }
  const provider = runtime.providers.find(named);
  if (provider) return provider;
  throw new HttpProblem(
    422,
    problem("invalid", "No such provider", `There is no provider ${named.slice(0, 64)}.`, {
      remedy: `Known: ${names}.`,
      errors: [{ field: "provider", detail: `must be one of ${names}` }],
    }),
  );
}
