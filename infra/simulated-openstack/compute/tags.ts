// A server's tags, from 2.26 on.
import { at } from "../bodies.ts";
import type { Answer } from "../http.ts";
import { bodyOf, type ComputeCall, type ComputeRoute, serverOf } from "./call.ts";
import type { ServerRecord } from "./records.ts";
import { refuse } from "./refusals.ts";

const path = "/v2.1/servers/{serverId}/tags";

export const tagRoutes: ComputeRoute[] = [
  ["GET", path, (call) => ({ status: 200, json: { tags: taggable(call).tags } })],
  ["PUT", path, replaceTags],
  ["DELETE", path, removeTags],
  ["PUT", `${path}/{tag}`, addTag],
  ["DELETE", `${path}/{tag}`, removeTag],
];

function replaceTags(call: ComputeCall): Answer {
  const server = taggable(call);
  const tags = at(bodyOf(call), "tags");
  if (!Array.isArray(tags)) throw refuse(400, "Malformed request body");
  server.tags = [...new Set(tags.map(String))];
  return { status: 200, json: { tags: server.tags } };
}

function removeTags(call: ComputeCall): Answer {
  taggable(call).tags = [];
  return { status: 204 };
}

/** 201, or 204 where it was there already. */
function addTag(call: ComputeCall): Answer {
  const server = taggable(call);
  const { tag = "" } = call.parameters;
  if (server.tags.includes(tag)) return { status: 204 };
  server.tags.push(tag);
  const location = `${call.core.baseUrl}/compute/v2.1/servers/${server.id}/tags/${encodeURIComponent(tag)}`;
  return { status: 201, headers: { Location: location } };
}

function removeTag(call: ComputeCall): Answer {
  const server = taggable(call);
  const { tag = "" } = call.parameters;
  if (!server.tags.includes(tag)) throw refuse(404, `Server ${server.id} has no tag '${tag}'`);
  server.tags = server.tags.filter((one) => one !== tag);
  return { status: 204 };
}

function taggable(call: ComputeCall): ServerRecord {
  if (call.minor < 26) throw refuse(404, "The resource could not be found.");
  return serverOf(call);
}
