// For this room's tests: a cloud whose clock stands still, and callers who speak to it over HTTP.
import {
  type HandTurnedClock,
  handTurnedClock,
  type SimulatedCloud,
  type SimulationOptions,
  startSimulatedCloud,
} from "./index.ts";

export type Reply = { status: number; body: unknown; text: string; headers: Headers };

export type Speaker = {
  token: string;
  /** `path` begins with the service: `/compute/v2.1/servers`. A body that is no text goes as JSON. */
  ask(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Reply>;
  /** A Nova action, at the newest microversion unless told. */
  act(serverId: string, action: Record<string, unknown>, minor?: number): Promise<Reply>;
  /** A Glance PATCH with its own media type. */
  patch(imageId: string, operations: unknown): Promise<Reply>;
};

export type TryOut = AsyncDisposable & {
  cloud: SimulatedCloud;
  clock: HandTurnedClock;
  /** With the user's own project; each is somebody else's token than the last time. */
  as(user: string): Promise<Speaker>;
  withToken(token: string): Speaker;
  ask(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Reply>;
};

/** Use with `await using`. */
export async function tryOut(options: SimulationOptions = {}): Promise<TryOut> {
  const clock = handTurnedClock();
  const cloud = await startSimulatedCloud({ clock, ...options });
  const ask = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
    send(cloud.url + path, method, body, headers);
  const withToken = (token: string): Speaker => {
    const own: Speaker["ask"] = (method, path, body, headers) =>
      ask(method, path, body, { "X-Auth-Token": token, ...headers });
    return {
      token,
      ask: own,
      act: (serverId, action, minor = 93) =>
        own("POST", `/compute/v2.1/servers/${serverId}/action`, action, nova(minor)),
      patch: (imageId, operations) =>
        own("PATCH", `/image/v2/images/${imageId}`, operations, { "Content-Type": patchType }),
    };
  };
  return {
    cloud,
    clock,
    ask,
    withToken,
    async as(user) {
      const reply = await ask("POST", "/identity/v3/auth/tokens", passwordBody(user));
      if (reply.status !== 201) throw new Error(`no token for ${user}: ${reply.status} ${reply.text}`);
      return withToken(reply.headers.get("X-Subject-Token") ?? "");
    },
    [Symbol.asyncDispose]: () => cloud.close(),
  };
}

export const patchType = "application/openstack-images-v2.1-json-patch";

export const nova = (minor: number): Record<string, string> => ({ "OpenStack-API-Version": `compute 2.${minor}` });

export const passwordBody = (user: string, options: { password?: string; scope?: unknown } = {}) => ({
  auth: {
    identity: {
      methods: ["password"],
      password: { user: { name: user, domain: { name: "Default" }, password: options.password ?? "simulated" } },
    },
    ...(options.scope === undefined ? {} : { scope: options.scope }),
  },
});

async function send(url: string, method: string, body: unknown, headers: Record<string, string>): Promise<Reply> {
  const isText = typeof body === "string" || body instanceof Uint8Array;
  const response = await fetch(url, {
    method,
    redirect: "manual",
    headers: {
      Accept: "application/json",
      ...(body !== undefined && !isText && { "Content-Type": "application/json" }),
      ...headers,
    },
    ...(body !== undefined && { body: isText ? body : JSON.stringify(body) }),
  } as RequestInit);
  const text = await response.text();
  return { status: response.status, body: parsed(text), text, headers: response.headers };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
