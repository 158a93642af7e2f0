// For tests: a scripted server that is a cloud already: one can log in, and the catalogue names the server itself.
import type { CloudConfig } from "./clouds-file.ts";
import type { Clock } from "./options.ts";
import { type Answer, type ScriptedServer, startScriptedServer } from "./scripted-server.ts";

export interface ScriptedCloud extends ScriptedServer {
  config: CloudConfig;
}

/** Every login gives another token: `token-1`, `token-2`, … */
export async function startScriptedCloud(options: TokenAnswer = {}): Promise<ScriptedCloud> {
  const server = await startScriptedServer();
  const config: CloudConfig = {
    name: "scripted",
    authUrl: `${server.url}/v3`,
    credentials: {
      type: "password",
      user: { name: "imaging", domain: { id: "default" } },
      password: "the-password",
      scope: { id: "project-1" },
    },
    regionName: "RegionOne",
    interface: "public",
    verify: true,
  };
  let logins = 0;
  server.script("POST /v3/auth/tokens", () => {
    logins += 1;
    return tokenAnswer(server.url, `token-${logins}`, options);
  });
  return { ...server, config };
}

export interface TokenAnswer {
  expiresAt?: string;
  /** More of the token's body. */
  more?: Record<string, unknown>;
}

/** As Keystone 22 answers (abridged). */
export function tokenAnswer(
  url: string,
  id: string,
  { expiresAt = "2100-01-01T00:00:00.000000Z", more = {} }: TokenAnswer = {},
): Answer {
  const endpoint = (address: string) => [
    { id: "e1", interface: "internal", region_id: "RegionOne", region: "RegionOne", url: "http://internal.invalid" },
    { id: "e2", interface: "public", region_id: "RegionOne", region: "RegionOne", url: address },
  ];
  const domain = { id: "default", name: "Default" };
  const token = {
    methods: ["password"],
    user: { domain, id: "user-1", name: "imaging", password_expires_at: null },
    audit_ids: ["audit-1"],
    expires_at: expiresAt,
    issued_at: "2026-11-23T09:41:32.000000Z",
    project: { domain, id: "project-1", name: "demo" },
    is_domain: false,
    roles: [{ id: "role-1", name: "member" }],
    catalog: [
      { id: "s1", type: "compute", name: "nova", endpoints: endpoint(`${url}/compute/v2.1`) },
      { id: "s2", type: "image", name: "glance", endpoints: endpoint(`${url}/image`) },
    ],
    ...more,
  };
  return { status: 201, headers: { "x-subject-token": id }, json: { token } };
}

export interface HandClock extends Clock {
  /** The lengths of all sleeps, in milliseconds. */
  slept: number[];
  advance(ms: number): void;
}

/** Time passes only by sleeping and by hand. `onSleep` runs while somebody sleeps. */
export function handClock(start = Date.UTC(2026, 10, 23, 12), onSleep: () => unknown = () => {}): HandClock {
  let now = start;
  const slept: number[] = [];
  return {
    slept,
    now: () => now,
    advance(ms) {
      now += ms;
    },
    async sleep(ms, signal) {
      slept.push(ms);
      await onSleep();
      signal?.throwIfAborted();
      now += ms;
    },
  };
}
