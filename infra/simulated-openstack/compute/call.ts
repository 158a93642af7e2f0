// A call to Nova that has been let in: who, at which microversion, about which server.
import { isObject, own, parseJson } from "../bodies.ts";
import type { Core } from "../core.ts";
import type { Answer, Request } from "../http.ts";
import type { Caller } from "../identity/tokens.ts";
import type { Route } from "../routes.ts";
import type { Operation } from "./operations.ts";
import type { ServerRecord } from "./records.ts";
import { noSuchServer, refuse } from "./refusals.ts";

export type ComputeCall = {
  core: Core;
  request: Request;
  parameters: Record<string, string>;
  caller: Caller;
  /** Of the token. */
  projectId: string;
  /** 93 for 2.93. */
  minor: number;
};

export type ComputeRoute = Route<(call: ComputeCall) => Answer>;

/** The body, which must be a JSON object. */
export function bodyOf({ request }: ComputeCall): Record<string, unknown> {
  const body = parseJson(request.bytes);
  if (!isObject(body)) throw refuse(400, "Malformed request body");
  return body;
}

/** The server named in the path: 404 where it does not exist, is deleted, or is another project's and the caller no administrator. */
export function serverOf(call: ComputeCall, options: { deletedToo?: boolean } = {}): ServerRecord {
  const { core, caller, parameters, projectId } = call;
  const id = parameters.serverId ?? "";
  const server = own(core.state.servers, id);
  if (!server || (server.deletedAt !== null && !options.deletedToo)) throw noSuchServer(id);
  if (server.projectId !== projectId && !caller.isAdmin) throw noSuchServer(id);
  return server;
}

export const operationOf = (call: ComputeCall, action: string, event: string): Operation => ({
  action,
  event,
  requestId: call.request.requestId,
  userId: call.caller.user.id,
  projectId: call.projectId,
});
