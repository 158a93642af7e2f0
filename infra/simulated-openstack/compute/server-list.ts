// Lists of servers: which, in what order, how many at a time.
import { own } from "../bodies.ts";
import type { Answer } from "../http.ts";
import type { ComputeCall, ComputeRoute } from "./call.ts";
import type { ServerRecord } from "./records.ts";
import { notAllowed, refuse } from "./refusals.ts";
import { briefView, serverView, statusOf } from "./server-view.ts";

export const serverListRoutes: ComputeRoute[] = [
  ["GET", "/v2.1/servers", (call) => listServers(call, "servers")],
  ["GET", "/v2.1/servers/detail", (call) => listServers(call, "servers/detail")],
];

const maxLimit = 1000;

function listServers(call: ComputeCall, path: "servers" | "servers/detail"): Answer {
  const { core, request } = call;
  const limit = limitOf(call);
  const page = afterMarker(call, selected(call)).slice(0, limit);
  const shown = page.map((server) =>
    path === "servers" ? briefView(call, server) : serverView(call, server, "detail"),
  );
  const last = page.at(-1);
  // A full page has a next one, though that may turn out to be empty (nova/api/openstack/common.py, _get_collection_links).
  if (!last || page.length < limit) return { status: 200, json: { servers: shown } };
  const next = new URLSearchParams(request.query);
  next.set("marker", last.id);
  const href = `${core.baseUrl}/compute/v2.1/${path}?${next}`;
  return { status: 200, json: { servers: shown, servers_links: [{ rel: "next", href }] } };
}

/** The page size; also used by other lists of Nova. */
export function limitOf({ request }: ComputeCall): number {
  const limit = request.query.get("limit");
  if (limit === null) return maxLimit;
  if (!/^\d*$/.test(limit)) {
    throw refuse(
      400,
      `Invalid input for query parameters limit. Value: ${limit}. '${limit}' does not match '^[0-9]*$'`,
    );
  }
  return Math.min(maxLimit, Number(limit));
}

/** Newest first. Filters that Nova does not let a member use, `metadata` above all, are dropped without a word (measured on Zed). */
function selected(call: ComputeCall): ServerRecord[] {
  const { core, caller, projectId, request } = call;
  const { query } = request;
  const everywhere = ["1", "true", "True"].includes(query.get("all_tenants") ?? "");
  if (everywhere && !caller.isAdmin) {
    const form = request.path.endsWith("/detail") ? "detail" : "index";
    throw notAllowed(`os_compute_api:servers:${form}:get_all_tenants`);
  }
  if (query.get("status")?.toUpperCase() === "DELETED" && !caller.isAdmin)
    throw refuse(403, "Only administrators may list deleted instances");
  const since = query.get("changes-since");
  const deleted = caller.isAdmin && /^(1|t|true|on|y|yes)$/i.test(query.get("deleted") ?? "");
  const keep = [
    ...filters(call),
    (server: ServerRecord) => since === null || server.updatedAt >= Date.parse(since),
    // Who asks for changes gets both, the others what is not deleted (nova/api/openstack/compute/servers.py, _get_servers).
    (server: ServerRecord) => (since !== null && !deleted) || isDeleted(server) === deleted,
    (server: ServerRecord) => everywhere || server.projectId === projectId,
  ];
  return Object.values(core.state.servers)
    .filter((server) => keep.every((filter) => filter(server)))
    .sort(orderOf(call));
}

/** One that can be restored counts as deleted here (nova/db/main/api.py, instance_get_all_by_filters_sort). */
const isDeleted = ({ vmState, deletedAt }: ServerRecord) => deletedAt !== null || vmState === "soft-delete";

function filters({ caller, minor, request }: ComputeCall): ((server: ServerRecord) => boolean)[] {
  const { query } = request;
  const asked = (name: string, test: (server: ServerRecord, value: string) => boolean) => {
    const value = query.get(name);
    return value === null ? [] : [(server: ServerRecord) => test(server, value)];
  };
  const name = nameFilter(query.get("name"));
  const tagsOf = (value: string) => value.split(",");
  return [
    ...(name ? [(server: ServerRecord) => name.test(server.name)] : []),
    ...asked("status", (server, value) => statusOf(server) === value.toUpperCase()),
    ...asked("image", (server, value) => server.imageId === value),
    ...asked("flavor", (server, value) => server.flavor.id === value),
    ...asked("tags", (server, value) => tagsOf(value).every((tag) => server.tags.includes(tag))),
    ...asked("tags-any", (server, value) => tagsOf(value).some((tag) => server.tags.includes(tag))),
    ...asked("not-tags", (server, value) => !tagsOf(value).every((tag) => server.tags.includes(tag))),
    ...(minor >= 73
      ? asked("locked", (server, value) => (server.lockedBy !== null) === (value.toLowerCase() === "true"))
      : []),
    ...(minor >= 83 || caller.isAdmin
      ? [
          ...asked("vm_state", (server, value) => server.vmState === value),
          ...asked("task_state", (server, value) => server.taskState === value),
          ...asked("user_id", (server, value) => server.userId === value),
        ]
      : []),
    ...(caller.isAdmin
      ? [
          ...asked("project_id", (server, value) => server.projectId === value),
          ...asked("metadata", (server, value) => hasMetadata(server, value)),
        ]
      : []),
  ];
}

/** A regular expression searched for anywhere in the name, whatever the case, as MariaDB does. */
function nameFilter(pattern: string | null): RegExp | undefined {
  if (pattern === null) return undefined;
  try {
    return new RegExp(pattern, "i");
  } catch {
    throw refuse(400, `Invalid input for query parameters name. Value: ${pattern}. '${pattern}' is not a 'regex'`);
  }
}

function hasMetadata(server: ServerRecord, wanted: string): boolean {
  try {
    return Object.entries(JSON.parse(wanted)).every(([key, value]) => server.metadata[key] === value);
  } catch {
    return false;
  }
}

function orderOf({ request }: ComputeCall): (a: ServerRecord, b: ServerRecord) => number {
  const key = request.query.get("sort_key") ?? "created_at";
  const ascending = request.query.get("sort_dir") === "asc";
  const values: Record<string, (server: ServerRecord) => string | number> = {
    created_at: ({ createdAt }) => createdAt,
    updated_at: ({ updatedAt }) => updatedAt,
    display_name: ({ name }) => name,
    uuid: ({ id }) => id,
  };
  const value = own(values, key);
  if (!value)
    throw refuse(
      400,
      `Invalid input for query parameters sort_key. Value: ${key}. '${key}' is not one of ${Object.keys(values).join(", ")}`,
    );
  const compare = (a: string | number, b: string | number) => (a < b ? -1 : a > b ? 1 : 0);
  return (a, b) => (ascending ? 1 : -1) * (compare(value(a), value(b)) || compare(a.id, b.id));
}

function afterMarker({ core, request }: ComputeCall, servers: ServerRecord[]): ServerRecord[] {
  const marker = request.query.get("marker");
  if (marker === null) return servers;
  if (!own(core.state.servers, marker)) throw refuse(400, `marker [${marker}] not found`);
  return servers.slice(servers.findIndex(({ id }) => id === marker) + 1);
}
