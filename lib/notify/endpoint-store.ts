// The webhook endpoints that projects registered: where to, with which secret, and whether they are still called.
import { absent, and, equals, present } from "../aws/condition.ts";
import type { Item, Table } from "../aws/table.ts";

export interface WebhookEndpoint {
  readonly schemaVersion: 1;
  readonly id: string;
  readonly provider: string;
  readonly projectId: string;
  readonly url: string;
  readonly description: string;
  /** Kinds of notices that it wants; empty: all. */
  readonly types: readonly string[];
  /** Sealed; see lib/providers/sealed-token.ts. */
  readonly secret: string;
  /** While a secret is being replaced the one before signs too, until then. */
  readonly earlier?: { readonly secret: string; readonly untilMs: number };
  readonly createdBy: string;
  readonly createdAt: string;
  readonly disabled?: { readonly at: string; readonly why: string };
  /** It was slow: not called before. While one call after that is under way, until when no other is made. */
  readonly restsUntilMs?: number;
}

export interface EndpointStore {
  create(endpoint: WebhookEndpoint): Promise<void>;
  get(id: string): Promise<WebhookEndpoint | undefined>;
  /** Of a project, newest first; at most `maxEndpoints` are looked at. */
  ofProject(provider: string, projectId: string): Promise<WebhookEndpoint[]>;
  /** Called again where it was disabled. Undefined where the endpoint is gone, or its secret was replaced meanwhile. */
  replaceSecret(seen: WebhookEndpoint, secret: string, earlierUntilMs: number): Promise<WebhookEndpoint | undefined>;
  disable(id: string, disabled: NonNullable<WebhookEndpoint["disabled"]>): Promise<void>;
  /** `undefined`: it rests no more. False where its rest is not what was seen any more, or it is gone. */
  rest(seen: WebhookEndpoint, untilMs: number | undefined): Promise<boolean>;
  delete(id: string): Promise<boolean>;
}

/** A project has no more; two that register at once may have one or two more, all of which are called. */
export const maxEndpoints = 10;
/** So many are read, whatever came between. */
const maxRead = 50;

export function openEndpointStore(table: Table): EndpointStore {
  return {
    async create(endpoint) {
      await table.putNew({ ...endpoint, id: key(endpoint.id), projectKey: listKey(endpoint) });
    },

    async get(id) {
      const item = await table.get(key(id));
      return item && endpointOf(item);
    },

    async ofProject(provider, projectId) {
      const page = await table.query({
        index: "byProject",
        key: equals("projectKey", listKey({ provider, projectId })),
        limit: maxRead,
        newestFirst: true,
      });
      return page.items.map(endpointOf);
    },

    async replaceSecret(seen, secret, untilMs) {
      const change = { secret, earlier: { secret: seen.secret, untilMs }, disabled: undefined };
      const item = await table.update(key(seen.id), change, equals("secret", seen.secret));
      return item && endpointOf(item);
    },

    async disable(id, disabled) {
      await table.update(key(id), { disabled }, present("id"));
    },

    async rest(seen, untilMs) {
      const { restsUntilMs } = seen;
      const unchanged = restsUntilMs === undefined ? absent("restsUntilMs") : equals("restsUntilMs", restsUntilMs);
      const change = { restsUntilMs: untilMs };
      return (await table.update(key(seen.id), change, and(present("url"), unchanged))) !== undefined;
    },

    delete: (id) => table.delete(key(id), and(present("id"), present("url"))),
  };
}

function key(id: string): string {
  return `webhook#${id}`;
}

function listKey({ provider, projectId }: Pick<WebhookEndpoint, "provider" | "projectId">): string {
  return `webhooks#${provider}#${projectId}`;
}

function endpointOf({ id, projectKey: _project, ...endpoint }: Item): WebhookEndpoint {
  return { ...endpoint, id: id.slice("webhook#".length) } as unknown as WebhookEndpoint;
}
