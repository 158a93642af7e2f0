// Nova v2.1 at /compute.
import type { Answer, Request, Service } from "../http.ts";
import { Refusal } from "../http.ts";
import { tooLargePage } from "../identity/service.ts";
import { TokenCache } from "../identity/token-cache.ts";
import { findRoute } from "../routes.ts";
import { actionRoutes } from "./actions.ts";
import { attachmentRoutes } from "./attachments.ts";
import type { ComputeRoute } from "./call.ts";
import { createRoutes } from "./create-server.ts";
import { flavorRoutes } from "./flavors.ts";
import { instanceActionRoutes } from "./instance-actions.ts";
import { limitRoutes } from "./limits.ts";
import { maxMinor, minMinor, negotiate, versionHeaders } from "./microversion.ts";
import { novaError, unexpected, usualMessage } from "./refusals.ts";
import { serverListRoutes } from "./server-list.ts";
import { serverRoutes } from "./servers.ts";
import { tagRoutes } from "./tags.ts";

export function computeService(): Service {
  const tokens = new TokenCache();
  return {
    name: "compute",
    // oslo.middleware's max_request_body_size.
    maxBodyBytes: () => 114_688,
    tooLarge: (request) => ({ status: 413, text: tooLargePage, headers: requestIds(request) }),
    error: (request, status, message, retryAfter) => ({
      ...novaError(status, message ?? usualMessage(status), retryAfter),
      headers: { ...requestIds(request), ...(retryAfter !== undefined && { "Retry-After": retryAfter }) },
    }),
    answer(request) {
      if (request.path === "/") return { status: 200, json: { versions: versions(request) } };
      const answer = answerOrRefusal(request, tokens);
      return { ...answer, headers: { ...requestIds(request), ...answer.headers } };
    },
  };
}

const routes: ComputeRoute[] = [
  ...serverListRoutes,
  ...createRoutes,
  ...serverRoutes,
  ...actionRoutes,
  ...attachmentRoutes,
  ...instanceActionRoutes,
  ...tagRoutes,
  ...flavorRoutes,
  ...limitRoutes,
];

function answerOrRefusal(request: Request, tokens: TokenCache): Answer {
  const isVersion = request.path === "/v2.1" || request.path === "/v2.1/";
  if (isVersion && request.method === "GET") {
    const [, current] = versions(request);
    return { status: 200, json: { version: detailed(current) }, headers: versionHeaders(`2.${minMinor}`) };
  }
  const token = request.headers["x-auth-token"];
  const caller = typeof token === "string" ? tokens.read(request.core, token) : undefined;
  const projectId = caller?.project?.id;
  if (!caller || projectId === undefined) return unauthenticated(request);
  request.userId = caller.user.id;

  const negotiated = negotiate(request);
  if ("refused" in negotiated) return negotiated.refused;
  const found = findRoute(routes, request.method, request.path);
  if (found.kind !== "handler") return { status: 404, text: noSuchPage };
  const { minor } = negotiated;
  const headers = versionHeaders(`2.${minor}`);
  const call = { core: request.core, request, parameters: found.parameters, caller, projectId, minor };
  try {
    const answer = found.handler(call);
    return { ...answer, headers: { ...headers, ...answer.headers } };
  } catch (error) {
    if (error instanceof Refusal) return { ...error.answer, headers };
    return { ...unexpected(String(error)).answer, headers };
  }
}

/** keystonemiddleware answers in Nova's stead, in Keystone's shape. */
const unauthenticated = (request: Request): Answer => ({
  status: 401,
  json: { error: { code: 401, title: "Unauthorized", message: "The request you have made requires authentication." } },
  headers: { "Www-Authenticate": `Keystone uri="${request.core.baseUrl}/identity/v3"` },
});

const requestIds = ({ requestId }: Request): Record<string, string> => ({
  "X-Openstack-Request-Id": requestId,
  "X-Compute-Request-Id": requestId,
});

function versions({ core }: Request) {
  return [
    version("v2.0", "SUPPORTED", "", "", "2011-01-21T11:33:21Z", `${core.baseUrl}/compute/v2/`),
    version(
      "v2.1",
      "CURRENT",
      `2.${maxMinor}`,
      `2.${minMinor}`,
      "2013-07-23T11:33:21Z",
      `${core.baseUrl}/compute/v2.1/`,
    ),
  ] as const;
}

const version = (id: string, status: string, max: string, min: string, updated: string, href: string) => ({
  id,
  status,
  version: max,
  min_version: min,
  updated,
  links: [{ rel: "self", href }],
});

const detailed = (current: ReturnType<typeof version>) => ({
  ...current,
  links: [...current.links, { rel: "describedby", type: "text/html", href: "http://docs.openstack.org/" }],
  "media-types": [{ base: "application/json", type: "application/vnd.openstack.compute+json;version=2.1" }],
});

const noSuchPage =
  "<html>\n <head>\n  <title>404 Not Found</title>\n </head>\n <body>\n  <h1>404 Not Found</h1>\n  The resource could not be found.<br /><br />\n\n\n\n </body>\n</html>";
