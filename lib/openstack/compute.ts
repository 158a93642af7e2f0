// Nova: servers, what is done to them, and what they may use.
import * as z from "zod";
import { type Allowance, allowance, amount } from "./allowance.ts";
import type { Ask, Calls } from "./calls.ts";
import { type Flavor, flavorRecord, flavorVersions } from "./flavor.ts";
import {
  actionRecord,
  actionVersions,
  actionWithEventsRecord,
  type InstanceAction,
  type InstanceActionWithEvents,
} from "./instance-action.ts";
import { all, itemsOf } from "./pages.ts";
import { segment } from "./segment.ts";
import type { Server } from "./server.ts";
import { type ServerActions, serverActionsOf } from "./server-actions.ts";
import { getServer, listServers, type ServerFilter, type ServerPage, serverPage } from "./server-list.ts";

export interface Compute extends ServerActions {
  /** `notFound` when it is gone or another project's. `unavailable` when its cell is down: then it is there, but nobody knows how. */
  getServer(id: string): Promise<Server>;
  /** In pages, as they are needed. What the filter names is compared again here: Nova silently drops filters that it does not grant (measured on Zed). */
  listServers(filter?: ServerFilter): AsyncIterable<Server>;
  /** One page of such a list. Servers whose cell is down stand in it without anything else. `badRequest` for a marker that names no server (any more). */
  serverPage(filter: ServerFilter, marker?: string): Promise<ServerPage>;
  /** 202. Its images and volumes are not looked at: that is Nova's business after the 202, and shows as status ERROR with a fault. */
  createServer(wish: ServerWish): Promise<{ id: string; requestId: string | undefined }>;
  listFlavors(): Promise<Flavor[]>;
  /** Newest first. */
  listInstanceActions(serverId: string): Promise<InstanceAction[]>;
  /** What became of the request whose id a call gave; also of a server that is deleted. `notFound` where Nova knows no such request. */
  getInstanceAction(serverId: string, requestId: string): Promise<InstanceActionWithEvents>;
  getLimits(): Promise<ComputeLimits>;
  /**
   * The last `length` lines of what the guest wrote to its serial console; Nova keeps at most the last 100 KiB (nova/virt/libvirt/driver.py).
   * `notFound` also when the server is SHUTOFF (`Guest does not have a console available.`, measured on Zed): read it while it runs.
   */
  getConsole(id: string, options?: { length?: number }): Promise<string>;
}

export interface ServerWish {
  name: string;
  imageId: string;
  flavorId: string;
  metadata?: Record<string, string> | undefined;
  /** Only "none" so far: the server gets no port. From 2.37. */
  networks: "none";
  configDrive?: boolean | undefined;
  /** Text or bytes; they are sent as base64, of which Nova takes 65,535 characters. */
  userData?: string | Uint8Array | undefined;
  keyName?: string | undefined;
  availabilityZone?: string | undefined;
}

export interface ComputeLimits {
  instances: Allowance;
  cores: Allowance;
  ramMib: Allowance;
}

export function computeOf(calls: Calls): Compute {
  return {
    ...serverActionsOf(calls),
    getServer: (id) => getServer(calls, id),
    listServers: (filter) => listServers(calls, filter),
    serverPage: (filter, marker) => serverPage(calls, filter, marker),
    async createServer(wish) {
      const { body, requestId } = await calls.read({ ...creation(wish), once: true }, createdServer);
      return { id: body.server.id, requestId };
    },
    listFlavors() {
      const ask: Ask = { service: "compute", method: "GET", path: "/flavors/detail", microversion: flavorVersions };
      return all(
        itemsOf(calls, ask, flavorPage, (page) => ({ items: page.flavors, next: nextOf(page.flavors_links) })),
      );
    },
    async listInstanceActions(serverId) {
      const path = `/servers/${segment("compute", serverId)}/os-instance-actions`;
      const ask: Ask = { service: "compute", method: "GET", path, microversion: actionVersions };
      return all(
        itemsOf(calls, ask, actionPage, (page) => ({ items: page.instanceActions, next: nextOf(page.links) })),
      );
    },
    async getInstanceAction(serverId, requestId) {
      const path = `/servers/${segment("compute", serverId)}/os-instance-actions/${segment("compute", requestId)}`;
      const ask: Ask = { service: "compute", method: "GET", path, microversion: actionVersions };
      return (await calls.read(ask, z.looseObject({ instanceAction: actionWithEventsRecord }))).body.instanceAction;
    },
    async getLimits() {
      const ask: Ask = { service: "compute", method: "GET", path: "/limits" };
      return limitsOf((await calls.read(ask, limitsAnswer)).body.limits.absolute);
    },
    async getConsole(id, { length } = {}) {
      const path = `/servers/${segment("compute", id)}/action`;
      const body = { "os-getConsoleOutput": length === undefined ? {} : { length } };
      const ask: Ask = { service: "compute", method: "POST", path, body, repeatable: true };
      return (await calls.read(ask, z.looseObject({ output: z.string() }))).body.output;
    },
  };
}

function creation(wish: ServerWish): Ask {
  const server = {
    name: wish.name,
    imageRef: wish.imageId,
    flavorRef: wish.flavorId,
    networks: wish.networks,
    metadata: wish.metadata ?? {},
    ...(wish.configDrive !== undefined && { config_drive: wish.configDrive }),
    ...(wish.userData !== undefined && { user_data: Buffer.from(wish.userData).toString("base64") }),
    ...(wish.keyName !== undefined && { key_name: wish.keyName }),
    ...(wish.availabilityZone !== undefined && { availability_zone: wish.availabilityZone }),
  };
  const microversion = { wants: "2.73", needs: "2.37" };
  return { service: "compute", method: "POST", path: "/servers", body: { server }, microversion };
}

/** It holds an administrator's password too, which nobody here wants. */
const createdServer = z.looseObject({ server: z.object({ id: z.string() }) });

const links = z.array(z.looseObject({ rel: z.string(), href: z.string() })).optional();
const nextOf = (pageLinks: z.output<typeof links>) => pageLinks?.find(({ rel }) => rel === "next")?.href;
const flavorPage = z.looseObject({ flavors: z.array(flavorRecord), flavors_links: links });
const actionPage = z.looseObject({ instanceActions: z.array(actionRecord), links });

const limitsAnswer = z.looseObject({
  limits: z.looseObject({
    absolute: z.looseObject({
      maxTotalInstances: amount,
      totalInstancesUsed: amount,
      maxTotalCores: amount,
      totalCoresUsed: amount,
      maxTotalRAMSize: amount,
      totalRAMUsed: amount,
    }),
  }),
});

function limitsOf(absolute: z.output<typeof limitsAnswer>["limits"]["absolute"]): ComputeLimits {
  return {
    instances: allowance(absolute.maxTotalInstances, absolute.totalInstancesUsed),
    cores: allowance(absolute.maxTotalCores, absolute.totalCoresUsed),
    ramMib: allowance(absolute.maxTotalRAMSize, absolute.totalRAMUsed),
  };
}
