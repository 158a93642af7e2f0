// A client of Darkroom for portals and scripts: one function an operation, typed by what the operation validates. No dependency at run time; for browsers, too.
import type * as z from "zod";
import type { Operation, ParamsOf } from "../events/operation.ts";
import type { operations } from "../events/operations/index.ts";
import { DarkroomProblem, problemOf } from "./problem.ts";
import { routes } from "./routes.ts";

export { DarkroomProblem };

export interface Connection {
  /** Where Darkroom is, with whatever stands before `/v1`. */
  readonly url: string;
  /** A Keystone token that is scoped to a project, or what gives one for each call. */
  readonly token?: string | (() => string | Promise<string>);
  /** Which cloud, where an installation has several. */
  readonly provider?: string;
  /** A call that has no answer by then fails. */
  readonly timeoutMs?: number;
}

/** What every call may bring beside its own. */
export interface CallOptions {
  /** Makes sending the same again safe. */
  readonly idempotencyKey?: string;
  /** The ETag of what was read: the change is refused (412) where somebody else changed it meanwhile. */
  readonly ifMatch?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

export interface Answered<Body> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
}

type Operations = typeof operations;
export type OperationName = keyof Operations;

/** Path parameters, body and query of an operation, each where it has one. */
export type InputOf<Name extends OperationName> =
  Operations[Name] extends Operation<infer Path, infer Body, infer Query, infer _Answers>
    ? Params<ParamsOf<Path>> & Given<"body", Body> & Given<"query", Query> & CallOptions
    : never;

/** The body of an operation's answer. */
export type AnswerOf<Name extends OperationName> = {
  [Status in keyof Operations[Name]["answers"]]: BodyOf<Operations[Name]["answers"][Status]>;
}[keyof Operations[Name]["answers"]];

export type Darkroom = {
  readonly [Name in OperationName]: Nothing extends InputOf<Name>
    ? (input?: InputOf<Name>) => Promise<Answered<AnswerOf<Name>>>
    : (input: InputOf<Name>) => Promise<Answered<AnswerOf<Name>>>;
};

type Nothing = Record<never, never>;
type Params<Named> = [keyof Named] extends [never] ? unknown : { readonly params: Named };
type Given<Key extends string, Schema extends z.ZodType> = Schema extends z.ZodUndefined
  ? unknown
  : Nothing extends NonNullable<z.input<Schema>>
    ? { readonly [key in Key]?: z.input<Schema> }
    : { readonly [key in Key]: z.input<Schema> };
type BodyOf<Kind> = Kind extends { schema: infer Schema extends z.ZodType }
  ? z.output<Schema>
  : Kind extends { contentType: string }
    ? string
    : undefined;

/** Nothing is called yet. Each function throws a DarkroomProblem for a refusal, and fetch's own error where there is no answer. */
export function connectDarkroom(connection: Connection): Darkroom {
  const functions = Object.entries(routes).map(([name, [method, path]]) => [
    name,
    (input: AnyInput = {}) => call(connection, method, path, input),
  ]);
  return Object.fromEntries(functions) as Darkroom;
}

type AnyInput = CallOptions & {
  readonly params?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly query?: Readonly<Record<string, unknown>>;
};

async function call(connection: Connection, method: string, path: string, input: AnyInput): Promise<Answered<unknown>> {
  const { url, token, provider, timeoutMs = 35_000 } = connection;
  const timeout = AbortSignal.timeout(timeoutMs);
  const held = typeof token === "function" ? await token() : token;
  const answer = await fetch(`${url.replace(/\/+$/, "")}${filled(path, input.params)}${queryOf(input.query)}`, {
    method,
    headers: {
      accept: "application/json",
      ...(held !== undefined && { "x-auth-token": held }),
      ...(provider !== undefined && { "darkroom-provider": provider }),
      ...(input.idempotencyKey !== undefined && { "idempotency-key": input.idempotencyKey }),
      ...(input.ifMatch !== undefined && { "if-match": input.ifMatch }),
      ...(input.body !== undefined && { "content-type": "application/json" }),
      ...input.headers,
    },
    ...(input.body !== undefined && { body: JSON.stringify(input.body) }),
    // The token is for this address and no other.
    redirect: "error",
    credentials: "omit",
    signal: input.signal ? AbortSignal.any([input.signal, timeout]) : timeout,
  });
  const { status, headers } = answer;
  if (status >= 400) throw await problemOf(`${method} ${path}`, answer);
  const text = await answer.text();
  const isJson = /json/.test(headers.get("content-type") ?? "");
  return { status, headers, body: text === "" ? undefined : isJson ? JSON.parse(text) : text };
}

/** Throws a TypeError for what could not stand as one part of a path: `..` would lead to another operation. */
function filled(path: string, params: AnyInput["params"] = {}): string {
  return path.replaceAll(/\{(\w+)\}/g, (_braces, name: string) => {
    const value = params[name];
    if (value === undefined || /^\.{0,2}$/.test(value)) throw new TypeError(`${name} of ${path} cannot be "${value}"`);
    return encodeURIComponent(value);
  });
}

function queryOf(query: AnyInput["query"] = {}): string {
  const given = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) given.append(name, String(value));
  return given.size === 0 ? "" : `?${given}`;
}
