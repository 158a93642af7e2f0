// Cinder v3 at /volume.
import { novaError, unexpected, usualMessage } from "../compute/refusals.ts";
import { type Answer, Refusal, type Request, type Service } from "../http.ts";
import { tooLargePage } from "../identity/service.ts";
import { TokenCache } from "../identity/token-cache.ts";
import { ImageRefusal, shaped } from "../image/refusals.ts";
import { findRoute } from "../routes.ts";
import type { VolumeRoute } from "./call.ts";
import { quotaRoutes } from "./quota.ts";
import { refuse } from "./refusals.ts";
import { snapshotRoutes } from "./snapshots.ts";
import { actionRoutes } from "./upload-image.ts";
import { volumeRoutes } from "./volumes.ts";

export function volumeService(): Service {
  const tokens = new TokenCache();
  return {
    name: "volume",
    maxBodyBytes: () => 114_688,
    tooLarge: (request) => ({ status: 413, text: tooLargePage, headers: requestIds(request) }),
    error: (request, status, message, retryAfter) => ({
      ...novaError(status, message ?? usualMessage(status), retryAfter),
      headers: { ...requestIds(request), ...(retryAfter !== undefined && { "Retry-After": retryAfter }) },
    }),
    answer(request) {
      const answer = answerOrRefusal(request, tokens);
      return { ...answer, headers: { ...idsFor(request, answer), ...answer.headers } };
    },
  };
}

const routes: VolumeRoute[] = [...volumeRoutes, ...actionRoutes, ...snapshotRoutes, ...quotaRoutes];

/** Zed: 3.70. */
const maxMinor = 70;

function answerOrRefusal(request: Request, tokens: TokenCache): Answer {
  const { core } = request;
  const { path } = request;
  if (path === "/") return { status: 300, json: versions(request), headers: versionHeaders("3.0") };
  if (path === "/v3") return { status: 302, text: "", headers: { Location: `${core.baseUrl}/volume/v3/` } };
  if (path === "/v3/") return { status: 200, json: versions(request), headers: versionHeaders("3.0") };
  const token = request.headers["x-auth-token"];
  const caller = typeof token === "string" ? tokens.read(core, token) : undefined;
  const projectId = caller?.project?.id;
  if (!caller || projectId === undefined) return unauthenticated(request);
  request.userId = caller.user.id;
  try {
    const negotiated = negotiate(request);
    if ("refused" in negotiated) return negotiated.refused;
    const headers = versionHeaders(`3.${negotiated.minor}`);
    const found = findRoute(routes, request.method, withinProject(path, projectId));
    if (found.kind !== "handler") return noSuchPath(request);
    const call = { core, request, parameters: found.parameters, caller, projectId, ...negotiated };
    try {
      const answer = found.handler(call);
      return { ...answer, headers: { ...headers, ...answer.headers } };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return { ...error.answer, headers: { ...headers, ...error.answer.headers } };
    }
  } catch (error) {
    return error instanceof Refusal ? error.answer : unexpected(String(error)).answer;
  }
}

/** The path may name the project of the token, and no other: 400 (measured on Zed). */
function withinProject(path: string, projectId: string): string {
  const [, version, ...rest] = path.split("/");
  if (version !== "v3") return "/nowhere";
  if (rest[0] === projectId) return `/${rest.slice(1).join("/")}`;
  if (/^[0-9a-f]{32}$/.test(rest[0] ?? "")) throw refuse(400, "Malformed request url");
  return `/${rest.join("/")}`;
}

/** `OpenStack-API-Version: volume 3.X`, which may name several services; 3.0 where it names none. */
function negotiate({ headers }: Request): { minor: number } | { refused: Answer } {
  const header = headers["openstack-api-version"];
  const entries = (Array.isArray(header) ? header[0] : header)?.split(",") ?? [];
  const asked = entries.map((entry) => entry.trim().split(/\s+/)).find(([service]) => service === "volume")?.[1];
  if (asked === undefined) return { minor: 0 };
  if (asked === "latest") return { minor: maxMinor };
  const match = /^([1-9]\d*)\.([1-9]\d*|0)$/.exec(asked);
  if (!match) {
    const message = `API Version String ${asked} is of invalid format. Must be of format MajorNum.MinorNum.`;
    return { refused: novaError(400, message) };
  }
  if (match[1] === "3" && Number(match[2]) <= maxMinor) return { minor: Number(match[2]) };
  const message = `Version ${asked} is not supported by the API. Minimum is 3.0 and maximum is 3.${maxMinor}.`;
  return { refused: { ...novaError(406, message), headers: versionHeaders(asked) } };
}

const versionHeaders = (version: string): Record<string, string> => ({
  "Openstack-Api-Version": `volume ${version}`,
  Vary: "OpenStack-API-Version",
});

/** What is no JSON has its id only once (measured on Zed). */
const idsFor = (request: Request, { text }: Answer): Record<string, string> =>
  text === undefined ? requestIds(request) : { "X-Openstack-Request-Id": request.requestId };

const requestIds = ({ requestId }: Request): Record<string, string> => ({
  "X-Openstack-Request-Id": requestId,
  "X-Compute-Request-Id": requestId,
});

const unauthenticated = (request: Request): Answer => ({
  status: 401,
  json: { error: { code: 401, title: "Unauthorized", message: "The request you have made requires authentication." } },
  headers: { "Www-Authenticate": `Keystone uri="${request.core.baseUrl}/identity/v3"` },
});

/** Not Cinder's own answer, but its router's: in the form that is asked for, as Glance's errors are. */
const noSuchPath = (request: Request): Answer =>
  shaped(new ImageRefusal(404, "The resource could not be found."), request);

const versions = ({ core }: Request) => ({
  versions: [
    {
      id: "v3.0",
      status: "CURRENT",
      version: `3.${maxMinor}`,
      min_version: "3.0",
      updated: "2022-08-31T00:00:00Z",
      links: [
        { rel: "describedby", type: "text/html", href: "https://docs.openstack.org/" },
        { rel: "self", href: `${core.baseUrl}/volume/v3/` },
      ],
      "media-types": [{ base: "application/json", type: "application/vnd.openstack.volume+json;version=3" }],
    },
  ],
});
