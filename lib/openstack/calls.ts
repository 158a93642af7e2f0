// From what a service wants to ask to the answer: address, token, microversion, attempts, success or fault.
import type * as z from "zod";
import { readBody } from "./answer.ts";
import { addressOf, MissingService } from "./catalog.ts";
import type { CloudConfig } from "./clouds-file.ts";
import { OpenStackFault } from "./faults.ts";
import type { Answered } from "./http.ts";
import { bestVersion, type Microversions, versionHeaders } from "./microversions.ts";
import type { Method, ServiceName } from "./options.ts";
import { refusal, silence } from "./refusal.ts";
import { type Call, type Caller, type Course, persist, requestIdOf, type Wire } from "./retry.ts";
import type { Session } from "./session.ts";
import { shownPath } from "./shown.ts";
import type { Token } from "./token.ts";
import type { VersionRanges } from "./version-ranges.ts";

export interface Calls {
  /** Performs it; any 2xx is a success, everything else throws an OpenStackFault. */
  send(ask: Ask): Promise<Reply>;
  /** The same, and reads the answer's body. */
  read<T>(ask: Ask, schema: z.ZodType<T>): Promise<Reply & { body: T }>;
}

export interface Ask {
  service: ServiceName;
  method: Method;
  /** Below the service's address. */
  path: string;
  query?: URLSearchParams | undefined;
  /** Becomes JSON. What depends on the microversion is made of it. */
  body?: object | ((microversion: string) => object) | undefined;
  /** Of the body; `application/json` by itself. */
  contentType?: string | undefined;
  /** Sending it twice does no more than sending it once; GET and HEAD by themselves. */
  repeatable?: boolean | undefined;
  /** Not sent again when it fails: for what is made, and found by its mark. A refused token is renewed all the same; the call then is `unavailable`. */
  once?: boolean | undefined;
  microversion?: Microversions | undefined;
}

export interface Reply {
  requestId: string | undefined;
  /** With which it was performed. */
  microversion: string | undefined;
}

/** What calls are made with: shared by all that act on one cloud, but for the session and the caller. */
export interface Context {
  config: CloudConfig;
  wire: Wire;
  ranges: VersionRanges;
  session: Session;
  caller: Caller;
}

export function callsOf(context: Context): Calls {
  return {
    async send(ask) {
      const { reply } = await perform(context, ask);
      return reply;
    },
    async read(ask, schema) {
      const { reply, call, answer } = await perform(context, ask);
      return { ...reply, body: readBody(call, answer, schema) };
    },
  };
}

async function perform(context: Context, ask: Ask): Promise<{ reply: Reply; call: Call; answer: Answered }> {
  const { wire, session, caller, ranges } = context;
  const course: Course = { attempts: 0, startedAt: wire.clock.now() };
  let token = await session.token(caller);
  let renewed = false;
  let learnt = false;
  for (;;) {
    const address = find(context, ask, token);
    const microversion = ask.microversion && allowed(ask, ask.microversion, ranges, address);
    const call = compose(ask, address, token, microversion);
    const answer = await persist(wire, caller, call, course);
    if (!answer.answered) throw silence(call, answer);
    if (answer.status >= 200 && answer.status < 300) {
      return { reply: { requestId: requestIdOf(answer.headers), microversion }, call, answer };
    }
    // By all the cloud says neither 401 nor 406 was performed, so both may be sent again, whatever the method.
    if (answer.status === 401 && !renewed) {
      renewed = true;
      token = await session.renew(caller, token);
      // But not what is made: whoever asks looks for its mark first, lest a second one be made of which nobody hears.
      if (ask.once) throw notSentAgain(call, answer);
    } else if (answer.status === 406 && microversion !== undefined && !learnt) {
      learnt = true;
      await ranges.learn(address, token.id, caller);
    } else {
      throw refusal(call, answer, wire.clock.now());
    }
  }
}

function notSentAgain(call: Call, { status, headers }: Answered): OpenStackFault {
  const { service, method, path } = call;
  const detail = "the token was refused; there is a new one now";
  return new OpenStackFault({
    service,
    method,
    path,
    kind: "unavailable",
    status,
    requestId: requestIdOf(headers),
    detail,
  });
}

function find({ config }: Context, ask: Ask, token: Token): string {
  try {
    return addressOf(ask.service, token.catalog, config);
  } catch (error) {
    if (!(error instanceof MissingService)) throw error;
    throw new OpenStackFault({ ...identified(ask), kind: "unexpectedShape", detail: error.message });
  }
}

function allowed(ask: Ask, versions: Microversions, ranges: VersionRanges, address: string): string {
  const range = ranges.known(address);
  const best = bestVersion(versions, range);
  if (best !== undefined) return best;
  const detail = `this needs microversion ${versions.needs}; the cloud offers ${range?.min} to ${range?.max}`;
  throw new OpenStackFault({ ...identified(ask), kind: "unexpectedShape", detail });
}

/** What reports and faults say of it. */
const identified = ({ service, method, path }: Ask) => ({ service, method, path: shownPath(path) });

function compose(ask: Ask, address: string, token: Token, microversion: string | undefined): Call {
  const query = ask.query?.size ? `?${ask.query}` : "";
  const body = typeof ask.body === "function" ? ask.body(microversion ?? "2.1") : ask.body;
  return {
    ...identified(ask),
    url: address + ask.path + query,
    once: ask.once,
    repeatable: ask.repeatable ?? (ask.method === "GET" || ask.method === "HEAD"),
    headers: {
      // Glance answers its errors in HTML to whoever does not ask for JSON (measured on Zed).
      accept: "application/json",
      "x-auth-token": token.id,
      ...(body && { "content-type": ask.contentType ?? "application/json" }),
      ...(microversion && versionHeaders(microversion)),
    },
    body: body && JSON.stringify(body),
  };
}
