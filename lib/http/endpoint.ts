// An HTTP function: who calls, what was sent, one function that answers, and every error as problem+json.
import middy, { type MiddlewareObj } from "@middy/core";
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from "aws-lambda";
import type * as z from "zod";
import { callLog } from "../call-log.ts";
import { log } from "../log.ts";
import { type Cloud, OpenStackFault } from "../openstack/index.ts";
import type { Provider } from "../providers/provider.ts";
import { problem } from "../requests/problem.ts";
import { openRuntime, type Runtime } from "../runtime.ts";
import { problemAnswer } from "./answer.ts";
import { type Caller, identify } from "./caller.ts";
import { HttpProblem, problemOfFault } from "./http-problem.ts";
import { parseWith, readJson } from "./input.ts";

export interface Call<Body, Query> {
  readonly runtime: Runtime;
  readonly provider: Provider;
  readonly caller: Caller;
  readonly body: Body;
  readonly query: Query;
  /** The `{id}` of the path; empty where the route has none. */
  readonly id: string;
  header(name: string): string | undefined;
}

interface Schemas<Body extends z.ZodType, Query extends z.ZodType> {
  readonly body?: Body;
  readonly query?: Query;
}

/** Calls to the cloud are given up so long before the function's deadline. */
const reserveMs = 2_000;

/** An endpoint for callers with a Keystone token. */
export function endpoint<Body extends z.ZodType = z.ZodUndefined, Query extends z.ZodType = z.ZodUndefined>(
  schemas: Schemas<Body, Query>,
  handle: (call: Call<z.output<Body>, z.output<Query>>) => Promise<APIGatewayProxyStructuredResultV2>,
) {
  return openEndpoint(async (event, runtime, context) => {
    const header = (name: string) => event.headers[name.toLowerCase()];
    const json = schemas.body ? readJson(event) : undefined;
    const provider = chooseProvider(runtime, header("darkroom-provider"), json);
    const signal = AbortSignal.timeout(Math.max(0, context.getRemainingTimeInMillis() - reserveMs));
    const bounded = (cloud: Cloud) => cloud.within(signal, callLog({ invocation: context.awsRequestId }));
    const caller = await identify(provider, header("x-auth-token"), runtime.clock.now(), bounded);
    const body = schemas.body ? parseWith(schemas.body, json) : undefined;
    const query = schemas.query ? parseWith(schemas.query, event.queryStringParameters ?? {}, "query") : undefined;
    const id = event.pathParameters?.id ?? "";
    return await handle({
      runtime,
      provider: { ...provider, service: bounded(provider.service) },
      caller,
      body: body as z.output<Body>,
      query: query as z.output<Query>,
      id,
      header,
    });
  });
}

/** An endpoint for anybody. */
export function openEndpoint(
  handle: (
    event: APIGatewayProxyEventV2,
    runtime: Runtime,
    context: Context,
  ) => Promise<APIGatewayProxyStructuredResultV2>,
) {
  return middy<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>()
    .use(problems())
    .handler(async (event, context) => handle(event, await openRuntime(), context));
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
function chooseProvider(runtime: Runtime, header: string | undefined, json: unknown): Provider {
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
