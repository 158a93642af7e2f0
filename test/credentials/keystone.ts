// A Keystone that writes down what it is asked, as strict as the real one where it matters here: a name without its domain is refused, and so is a scope
// beside an application credential (measured on Zed: 400 and 401). Each case has a root path of its own.
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface Login {
  path: string;
  identity: unknown;
  scope: unknown;
}

export interface Keystone {
  /** Where the case's Keystone is. */
  rootOf(place: string): string;
  /** The last login there. */
  loginAt(place: string): Login | undefined;
  close(): Promise<void>;
}

export async function startKeystone(): Promise<Keystone> {
  const logins = new Map<string, Login>();
  const server = createServer((request, response) => {
    serve(request, response, url, logins).catch((error: unknown) => send(response, 500, { error: String(error) }));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    rootOf: (place) => `${url}/${place}`,
    loginAt: (place) => logins.get(place),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

async function serve(request: IncomingMessage, response: ServerResponse, url: string, logins: Map<string, Login>) {
  const [, place = "", ...rest] = (request.url ?? "").split("/");
  const root = `${url}/${place}`;
  const path = `/${rest.join("/")}`;
  let text = "";
  for await (const chunk of request) text += chunk;
  if (request.method === "POST" && path.endsWith("/auth/tokens")) {
    const { identity, scope = null } = JSON.parse(text).auth;
    logins.set(place, { path, identity, scope });
    const refusal = refusalOf(identity, scope);
    if (refusal) return send(response, refusal, { error: { code: refusal, message: "refused", title: "refused" } });
    return send(response, 201, { token: tokenOf(root, identity) }, { "x-subject-token": "a-token" });
  }
  // Whatever stands before the version in an address, the versions are below it.
  const below = root + path.replace(/\/v[\d.]+\/?$/, "").replace(/\/$/, "");
  const version = { id: "v3.14", status: "stable", links: [{ rel: "self", href: `${below}/v3/` }], "media-types": [] };
  if (/\/v3\/?$/.test(path)) return send(response, 200, { version });
  return send(response, 300, { versions: { values: [version] } });
}

type Named = { id?: string; name?: string; domain?: object };

function refusalOf(identity: Record<string, never>, scope: { project?: Named } | null): number | undefined {
  const { password, application_credential: credential } = identity as Record<string, { user?: Named; id?: string }>;
  if (credential && scope) return 401;
  const nameless = (named: Named | undefined) => named?.id === undefined && !(named?.name && named.domain);
  if (password && (nameless(password.user) || typeof (password.user as { password?: unknown }).password !== "string")) {
    return 400;
  }
  if (credential && credential.id === undefined && nameless(credential.user)) return 400;
  return scope?.project && nameless(scope.project) ? 400 : undefined;
}

function tokenOf(root: string, identity: { methods: string[] }) {
  const service = (type: string, version: string) => ({
    id: type,
    type,
    name: type,
    endpoints: ["R1", "R2"].flatMap((region) =>
      ["public", "internal"].map((face) => ({
        id: `${type}-${region}-${face}`,
        interface: face,
        region,
        region_id: region,
        url: `${root}/${type}/${region}/${face}/${version}`,
      })),
    ),
  });
  const domain = { id: "d", name: "D" };
  return {
    methods: identity.methods,
    user: { id: "uid", name: "u", domain, password_expires_at: null },
    project: { id: "pid", name: "p", domain },
    is_domain: false,
    roles: [{ id: "r", name: "member" }],
    audit_ids: ["a"],
    issued_at: "2026-01-01T00:00:00.000000Z",
    expires_at: "2100-01-01T00:00:00.000000Z",
    catalog: [service("compute", "v2.1"), service("image", "v2")],
  };
}

function send(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(JSON.stringify(body));
}
