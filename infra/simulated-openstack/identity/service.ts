// Keystone v3 at /identity.
import { parseJson } from "../bodies.ts";
import { type Answer, Refusal, type Request, type Service } from "../http.ts";
import { findRoute, type Route } from "../routes.ts";
import { applicationCredentialRoutes } from "./application-credentials.ts";
import { authRoutes } from "./auth.ts";
import { directoryRoutes } from "./directory.ts";
import { federationRoutes } from "./federation.ts";
import { keystoneError, malformed, unauthorized, usualMessage } from "./refusals.ts";
import { type Caller, InvalidToken, readToken } from "./tokens.ts";
import { trustRoutes } from "./trusts.ts";

export type IdentityCall = {
  request: Request;
  parameters: Record<string, string>;
  /** Throws 401 where the call bears no valid token. */
  caller(): Caller;
  /** Throws 400 where the body is no JSON. */
  body(): unknown;
};

export type IdentityRoute = Route<(call: IdentityCall) => Answer>;

export const identityService: Service = {
  name: "identity",
  // oslo.middleware's max_request_body_size.
  maxBodyBytes: () => 114_688,
  tooLarge: () => ({ status: 413, text: tooLargePage }),
  error: ({ requestId }, status, message, retryAfter) =>
    keystoneError(status, message ?? usualMessage(status), {
      "x-openstack-request-id": requestId,
      ...(retryAfter !== undefined && { "Retry-After": retryAfter }),
    }),
  answer(request) {
    const answer = answerOrRefusal(request);
    return {
      ...answer,
      headers: { ...answer.headers, Vary: "X-Auth-Token", "x-openstack-request-id": request.requestId },
    };
  },
};

export const tooLargePage =
  "<html>\n <head>\n  <title>413 Request Entity Too Large</title>\n </head>\n <body>\n  <h1>413 Request Entity Too Large</h1>\n  Request is too large. Larger than max_request_body_size (114688).<br /><br />\n\n\n\n </body>\n</html>";

const versionRoutes: IdentityRoute[] = [
  [
    "GET",
    "/",
    ({ request }) => ({
      status: 300,
      json: { versions: { values: [version(request)] } },
      headers: { Location: `${request.core.baseUrl}/identity/v3/` },
    }),
  ],
  ["GET", "/v3", ({ request }) => ({ status: 200, json: { version: version(request) } })],
];

const routes = [
  ...versionRoutes,
  ...authRoutes,
  ...directoryRoutes,
  ...trustRoutes,
  ...applicationCredentialRoutes,
  ...federationRoutes,
];

function answerOrRefusal(request: Request): Answer {
  try {
    const found = findRoute(routes, request.method, request.path);
    if (found.kind === "noSuchPath") return { status: 404, text: noSuchPage };
    if (found.kind === "wrongMethod") {
      const headers = { Allow: [...found.allowed, "OPTIONS"].join(", ") };
      return { status: 405, json: { message: "The method is not allowed for the requested URL." }, headers };
    }
    const { handler, parameters } = found;
    return handler({ request, parameters, caller: () => callerOf(request), body: () => bodyOf(request) });
  } catch (error) {
    if (error instanceof Refusal) return error.answer;
    return keystoneError(
      500,
      `An unexpected error prevented the server from fulfilling your request: ${String(error)}`,
    );
  }
}

/** A token that is no good is 401; but one whose trust is gone is told so, 404, whatever was asked (measured on Zed). */
function callerOf(request: Request): Caller {
  const token = request.headers["x-auth-token"];
  if (typeof token !== "string") throw unauthorized(request.core.baseUrl);
  try {
    const caller = readToken(request.core, token);
    request.userId = caller.user.id;
    return caller;
  } catch (error) {
    if (!(error instanceof InvalidToken)) throw error;
    throw error.trustGone ? new Refusal(keystoneError(404, error.message)) : unauthorized(request.core.baseUrl);
  }
}

function bodyOf(request: Request): unknown {
  const body = parseJson(request.bytes);
  if (body === undefined) throw malformed("Expecting to find valid JSON in request body.");
  return body;
}

const version = (request: Request) => ({
  id: "v3.14",
  status: "stable",
  updated: "2020-04-07T00:00:00Z",
  links: [{ rel: "self", href: `${request.core.baseUrl}/identity/v3/` }],
  "media-types": [{ base: "application/json", type: "application/vnd.openstack.identity-v3+json" }],
});

const noSuchPage =
  "<!doctype html>\n<html lang=en>\n<title>404 Not Found</title>\n<h1>Not Found</h1>\n<p>The requested URL was not found on the server. If you entered the URL manually please check your spelling and try again.</p>\n";
