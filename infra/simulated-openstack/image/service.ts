// Glance v2 at /image.
import { type Answer, Refusal, type Request, type Service } from "../http.ts";
import { TokenCache } from "../identity/token-cache.ts";
import { findRoute } from "../routes.ts";
import type { ImageRoute } from "./call.ts";
import { createRoutes } from "./create-image.ts";
import { fileRoutes, maxFileBytes } from "./file.ts";
import { imageRoutes } from "./images.ts";
import { infoRoutes } from "./info.ts";
import { listRoutes } from "./list-images.ts";
import { memberRoutes } from "./members.ts";
import { patchRoutes } from "./patch-image.ts";
import { ImageRefusal, refuse, shaped, usualMessage } from "./refusals.ts";
import { tagRoutes } from "./tags.ts";

export function imageService(): Service {
  const tokens = new TokenCache();
  return {
    name: "image",
    maxBodyBytes: (method, path) => (method === "PUT" && path.endsWith("/file") ? maxFileBytes : 1 << 20),
    tooLarge: (request) => shaped(refuse(413, "The simulated cloud takes no body of that size."), request),
    error: (request, status, message, retryAfter) => {
      const headers = {
        "X-Openstack-Request-Id": request.requestId,
        ...(retryAfter !== undefined && { "Retry-After": retryAfter }),
      };
      const text = `${message ?? usualMessage(status)}<br /><br />\n\n\n`;
      return shaped(new ImageRefusal(status, "", { text, headers }), request);
    },
    answer(request) {
      // The real one puts no request id on its versions, nor on what keystonemiddleware refuses in its stead (measured on Zed).
      if (/^\/(?!v2(\/|$))/.test(request.path))
        return { status: request.path === "/versions" ? 200 : 300, json: { versions: versions(request) } };
      const token = request.headers["x-auth-token"];
      const caller = typeof token === "string" ? tokens.read(request.core, token) : undefined;
      const projectId = caller?.project?.id;
      if (!caller || projectId === undefined) return shaped(unauthenticated(request), request);
      request.userId = caller.user.id;
      const answer = answerOrRefusal(request, { caller, viewer: { projectId, isAdmin: caller.isAdmin } });
      return { ...answer, headers: { "X-Openstack-Request-Id": request.requestId, ...answer.headers } };
    },
  };
}

const routes: ImageRoute[] = [
  ["GET", "/v2", ({ request }) => ({ status: 300, json: { versions: versions(request) } })],
  ...listRoutes,
  ...createRoutes,
  ...imageRoutes,
  ...patchRoutes,
  ...fileRoutes,
  ...memberRoutes,
  ...tagRoutes,
  ...infoRoutes,
];

function answerOrRefusal(request: Request, who: Pick<Parameters<ImageRoute[2]>[0], "caller" | "viewer">): Answer {
  try {
    const found = findRoute(routes, request.method, request.path);
    if (found.kind === "noSuchPath") throw refuse(404, "The resource could not be found.");
    if (found.kind === "wrongMethod") throw wrongMethod(request.method, found.allowed);
    return found.handler({ core: request.core, request, parameters: found.parameters, ...who });
  } catch (error) {
    if (error instanceof ImageRefusal) return shaped(error, request);
    if (error instanceof Refusal) return error.answer;
    return shaped(
      refuse(
        500,
        `The server has either erred or is incapable of performing the requested operation. ${String(error)}`,
      ),
      request,
    );
  }
}

const wrongMethod = (method: string, allowed: string[]): ImageRefusal =>
  new ImageRefusal(405, "", {
    text: `The method ${method} is not allowed for this resource. <br /><br />\n`,
    headers: { Allow: allowed.join(", ") },
  });

const unauthenticated = (request: Request): ImageRefusal =>
  new ImageRefusal(
    401,
    "This server could not verify that you are authorized to access the document you requested. Either you supplied the wrong credentials (e.g., bad password), or your browser does not understand how to supply the credentials required.",
    { headers: { "Www-Authenticate": `Keystone uri="${request.core.baseUrl}/identity/v3"` } },
  );

/** Zed's: there is no v2.14. */
function versions({ core }: Request) {
  const minors = [15, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0];
  return minors.map((minor) => ({
    id: `v2.${minor}`,
    status: minor === 15 ? "CURRENT" : "SUPPORTED",
    links: [{ rel: "self", href: `${core.baseUrl}/image/v2/` }],
  }));
}
