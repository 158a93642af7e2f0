// Reading servers, one or many, and leaving out what was not asked for.
import * as z from "zod";
import type { Ask, Calls } from "./calls.ts";
import { OpenStackFault } from "./faults.ts";
import { itemsOf } from "./pages.ts";
import { segment } from "./segment.ts";
import { type CellDown, type Server, serverRecord, serverVersions } from "./server.ts";

export interface ServerFilter {
  /** The whole name. */
  name?: string | undefined;
  /** A regular expression, to be found anywhere in the name. The database's dialect and JavaScript's must both match. */
  namePattern?: string | undefined;
  status?: string | undefined;
  /** Booted from this image. */
  imageId?: string | undefined;
  /** ISO: servers changed since then, deleted ones included. */
  changesSince?: string | undefined;
  /** Needs an administrator. */
  allProjects?: boolean | undefined;
  /** Servers a page. */
  pageSize?: number | undefined;
}

export async function getServer(calls: Calls, id: string): Promise<Server> {
  const path = `/servers/${segment("compute", id)}`;
  const ask: Ask = { service: "compute", method: "GET", path, microversion: serverVersions };
  const { body } = await calls.read(ask, z.looseObject({ server: serverRecord }));
  return known(body.server, ask);
}

export async function* listServers(calls: Calls, filter: ServerFilter = {}): AsyncGenerator<Server, void, undefined> {
  const ask: Ask = {
    service: "compute",
    method: "GET",
    path: "/servers/detail",
    query: queryOf(filter),
    microversion: serverVersions,
  };
  const found = itemsOf(calls, ask, page, (body) => ({ items: body.servers, next: nextOf(body) }));
  for await (const record of found) {
    const server = known(record, ask);
    if (isWanted(server, filter)) yield server;
  }
}

/** One page of servers, for who must stop and go on later. */
export interface ServerPage {
  /** Those that were asked for, and those of which nothing can be known now. */
  servers: (Server | CellDown)[];
  /** The `marker` of the page after it; that page may turn out to be empty. Undefined on the last. */
  next: string | undefined;
}

/** After the server `marker`; one that is gone is `badRequest` (nova/compute/api.py, MarkerNotFound). */
export async function serverPage(calls: Calls, filter: ServerFilter, marker?: string): Promise<ServerPage> {
  const query = queryOf(filter);
  if (marker !== undefined) query.set("marker", marker);
  const path = "/servers/detail";
  const ask: Ask = { service: "compute", method: "GET", path, query, microversion: serverVersions };
  const { body } = await calls.read(ask, page);
  const href = nextOf(body);
  const next = href === undefined ? null : new URL(href, "http://any.invalid").searchParams.get("marker");
  return {
    servers: body.servers.filter((record) => "cellDown" in record || isWanted(record, filter)),
    next: next || undefined,
  };
}

function isWanted(server: Server, filter: ServerFilter): boolean {
  if (filter.name !== undefined && server.name !== filter.name) return false;
  if (filter.namePattern !== undefined && !new RegExp(filter.namePattern).test(server.name)) return false;
  if (filter.imageId !== undefined && server.imageId !== filter.imageId) return false;
  return filter.status === undefined || server.status === filter.status;
}

const page = z.looseObject({
  servers: z.array(serverRecord),
  servers_links: z.array(z.looseObject({ rel: z.string(), href: z.string() })).optional(),
});

function nextOf({ servers_links }: z.output<typeof page>): string | undefined {
  return servers_links?.find(({ rel }) => rel === "next")?.href;
}

/** Nova takes `name` for a regular expression (nova/db/main/api.py, _regex_instance_filter). */
function queryOf(filter: ServerFilter): URLSearchParams {
  const query = new URLSearchParams();
  if (filter.name !== undefined) query.set("name", `^${filter.name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}$`);
  else if (filter.namePattern !== undefined) query.set("name", filter.namePattern);
  if (filter.status !== undefined) query.set("status", filter.status);
  if (filter.imageId !== undefined) query.set("image", filter.imageId);
  if (filter.changesSince !== undefined) query.set("changes-since", filter.changesSince);
  if (filter.allProjects) query.set("all_tenants", "1");
  if (filter.pageSize !== undefined) query.set("limit", String(filter.pageSize));
  return query;
}

/** Leaving such a server out of a list would say that it is not there. */
function known(record: Server | CellDown, { service, method, path }: Ask): Server {
  if (!("cellDown" in record)) return record;
  const detail = `the cell of server ${record.cellDown} does not answer`;
  throw new OpenStackFault({ kind: "unavailable", service, method, path, detail });
}
