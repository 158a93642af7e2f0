// Calls to a cloud as they stand on the wire, with nothing but a token and an address of our client's.
import type { Cloud } from "../../lib/openstack/index.ts";

export type ServiceType = "identity" | "compute" | "image" | "volumev3";

export interface Reply {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: what was answered is what the facts are about
  json: any;
  text: string;
  headers: Headers;
}

export interface Extras {
  /** Text and bytes go as they are, anything else as JSON. */
  body?: unknown;
  headers?: Record<string, string>;
}

/** `path` is what follows the version: `/servers`. A path that begins with `//` stands at the service's root, without a version. */
export type Ask = (service: ServiceType, method: string, path: string, extras?: Extras) => Promise<Reply>;

const timeoutMs = 60_000;

export function plainAsk(cloud: Cloud): Ask {
  return async (service, method, path, { body, headers = {} } = {}) => {
    const { id, catalog } = await cloud.token();
    const endpoints = catalog.find(({ type }) => type === service)?.endpoints ?? [];
    const address = endpoints.find((endpoint) => endpoint.interface === "public")?.url;
    if (!address) throw new Error(`the catalogue has no ${service}`);
    const bare = address.replace(/\/+$/, "").replace(/\/v[\d.]+(\/[^/]*)?$/, "");
    const plain = typeof body === "string" || body instanceof Uint8Array;
    const answer = await fetch(
      path.startsWith("//") ? bare + path.slice(1) : bare + versions[service](address) + path,
      {
        method,
        redirect: "manual",
        signal: AbortSignal.timeout(timeoutMs),
        headers: {
          accept: "application/json",
          "x-auth-token": id,
          ...(body !== undefined && !plain && { "content-type": "application/json" }),
          ...headers,
        },
        ...(body !== undefined && { body: plain ? (body as string) : JSON.stringify(body) }),
      },
    );
    const text = await answer.text();
    return { status: answer.status, json: parsed(text), text, headers: answer.headers };
  };
}

/** Of the catalogue's address Cinder's may end in the project's id. */
const versions: Record<ServiceType, (address: string) => string> = {
  identity: () => "/v3",
  compute: () => "/v2.1",
  image: () => "/v2",
  volumev3: (address) => /\/v3(?:\/[^/]+)?(?=\/?$)/.exec(address)?.[0] ?? "/v3",
};

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The header by which Nova is asked for a version of its API. */
export const nova = (version: string) => ({ "openstack-api-version": `compute ${version}` });

/** Glance's own kind of patch. */
export const patchType = { "content-type": "application/openstack-images-v2.1-json-patch" };
