// One exchange: bounds of time and size, broken connections, certificates, redirects.
import dns from "node:dns";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer as createSecureServer } from "node:https";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CloudConfig } from "./clouds-file.ts";
import { openConnections } from "./connections.ts";
import { exchange } from "./http.ts";
import { defaultLimits, type Limits } from "./options.ts";
import { type ScriptedServer, startScriptedServer } from "./scripted-server.ts";
import { testCertificate, testKey } from "./test-certificate.ts";

const trusting: Pick<CloudConfig, "verify" | "caCertPath" | "certPath" | "keyPath"> = { verify: true };
const asks = { method: "POST", headers: {}, body: "x" } as const;

/** A single exchange on connections of its own. */
async function ask(url: string, limits: Partial<Limits> = {}, trust = trusting, times = 1) {
  const all = { ...defaultLimits, ...limits };
  const config = { name: "test", authUrl: url, interface: "public", ...trust } as const;
  const connections = openConnections({ ...config, credentials: { type: "token", token: "t" } }, all);
  try {
    let last = await exchange(connections, { url, ...asks }, all, undefined);
    for (let n = 1; n < times; n++) last = await exchange(connections, { url, ...asks }, all, undefined);
    return last;
  } finally {
    await connections.destroy();
  }
}

describe("over plain HTTP", () => {
  let server: ScriptedServer;
  beforeEach(async () => {
    server = await startScriptedServer();
  });
  afterEach(() => server.close());

  test("connections are kept and used again", async () => {
    server.script("POST /", { text: "ok" });
    await ask(`${server.url}/`, {}, trusting, 20);
    // A call that begins in the very moment in which another ends may find its connection busy.
    expect(new Set(server.seen.map(({ connection }) => connection)).size).toBeLessThanOrEqual(2);
  });

  test("no more connections than allowed are opened, however many calls run", async () => {
    server.script("POST /", { text: "ok" });
    const limits = { ...defaultLimits, maxConnections: 3 };
    const config = { name: "test", authUrl: "", interface: "public", ...trusting } as const;
    const connections = openConnections({ ...config, credentials: { type: "token", token: "t" } }, limits);
    const url = `${server.url}/`;
    const calls = Array.from({ length: 30 }, () => exchange(connections, { url, ...asks }, limits, undefined));
    expect((await Promise.all(calls)).every(({ answered }) => answered)).toBe(true);
    await connections.destroy();
    expect(new Set(server.seen.map(({ connection }) => connection)).size).toBe(3);
  });

  test("an answer longer than allowed is refused, whether it says its length or not", async () => {
    server.script("POST /", { text: "x".repeat(1001) });
    expect(await ask(`${server.url}/`, { maxResponseBytes: 1000 })).toMatchObject({ why: "tooLong", sent: true });
    server.script("POST /", { text: "x".repeat(1001), headers: { "transfer-encoding": "chunked" } });
    expect(await ask(`${server.url}/`, { maxResponseBytes: 1000 })).toMatchObject({ why: "tooLong" });
    server.script("POST /", { text: "x".repeat(1000) });
    expect(await ask(`${server.url}/`, { maxResponseBytes: 1000 })).toMatchObject({ answered: true, status: 200 });
  });

  test("half an answer is no answer", async () => {
    server.script("POST /", "cut");
    expect(await ask(`${server.url}/`)).toMatchObject({ answered: false, why: "broken", sent: true });
  });

  test("a redirect is an answer, and is not followed", async () => {
    server.script("POST /", { status: 302, headers: { location: `${server.url}/elsewhere` } });
    expect(await ask(`${server.url}/`)).toMatchObject({ answered: true, status: 302 });
    expect(server.asked("POST /elsewhere")).toHaveLength(0);
  });

  test("several choices, as at Glance's root, are an answer", async () => {
    server.script("POST /", { status: 300, json: { versions: [] } });
    expect(await ask(`${server.url}/`)).toMatchObject({ answered: true, status: 300 });
  });

  test("an answer whose body never ends runs into the time-out", async () => {
    const dripping = createServer((socket) => {
      socket.on("error", () => {});
      socket.write("HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n");
      const drip = setInterval(() => socket.write("x"), 20);
      socket.on("close", () => clearInterval(drip));
    });
    await new Promise<void>((resolve) => dripping.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(dripping.address() as AddressInfo).port}/`;
    expect(await ask(url, { timeoutMs: 1_000 })).toMatchObject({ answered: false, why: "timedOut", sent: true });
    await new Promise((resolve) => dripping.close(resolve));
  });

  test("a host that never gets as far as taking a request was sent nothing", async () => {
    const mute = createServer((socket) => socket.on("error", () => {}).resume());
    await new Promise<void>((resolve) => mute.listen(0, "127.0.0.1", resolve));
    const url = `https://127.0.0.1:${(mute.address() as AddressInfo).port}/`;
    expect(await ask(url, { timeoutMs: 200 })).toMatchObject({ answered: false, why: "timedOut", sent: false });
    await new Promise((resolve) => mute.close(resolve));
  });

  test("a name that does not resolve was sent nothing", async () => {
    const { lookup } = dns;
    // Not the machine's own, which may take its time, or know the name.
    const knowsNobody = (name: string, _options: unknown, tell: (error: Error) => void) =>
      tell(Object.assign(new Error(`getaddrinfo ENOTFOUND ${name}`), { code: "ENOTFOUND" }));
    dns.lookup = knowsNobody as typeof lookup;
    try {
      const outcome = await ask("http://nobody.invalid/");
      expect(outcome).toMatchObject({ answered: false, why: "broken", sent: false });
      expect(outcome).toHaveProperty("cause.code", "ENOTFOUND");
    } finally {
      dns.lookup = lookup;
    }
  });
});

describe("over TLS", () => {
  let server: ScriptedServer;
  let folder: string;
  beforeEach(async () => {
    server = await startScriptedServer((listener) =>
      createSecureServer({ cert: testCertificate, key: testKey }, listener),
    );
    server.script("POST /", { text: "ok" });
    folder = await mkdtemp(join(tmpdir(), "openstack-client-"));
    await writeFile(join(folder, "ca.pem"), testCertificate);
  });
  afterEach(async () => {
    await server.close();
    await rm(folder, { recursive: true });
  });

  test("an unknown certificate is refused before anything is sent", async () => {
    expect(await ask(`${server.url}/`)).toMatchObject({ answered: false, why: "broken", sent: false });
    expect(server.seen).toHaveLength(0);
  });

  test("verify: false takes any certificate", async () => {
    const outcome = await ask(`${server.url}/`, {}, { verify: false, caCertPath: undefined });
    expect(outcome).toMatchObject({ answered: true, status: 200 });
  });

  test("cacert names whom to trust", async () => {
    const outcome = await ask(`${server.url}/`, {}, { verify: true, caCertPath: join(folder, "ca.pem") });
    expect(outcome).toMatchObject({ answered: true, status: 200 });
  });

  test("a cacert that is not there is said at once", async () => {
    const trust = { verify: true, caCertPath: join(folder, "none.pem") };
    await expect(ask(`${server.url}/`, {}, trust)).rejects.toThrow(/cloud test: the cacert .*none\.pem cannot be read/);
  });

  test("our own certificate is shown to a server that asks for one; its key is beside it or in the same file", async () => {
    const asking = await startScriptedServer((listener) =>
      createSecureServer(
        { cert: testCertificate, key: testKey, ca: testCertificate, requestCert: true, rejectUnauthorized: true },
        listener,
      ),
    );
    asking.script("POST /", { text: "ok" });
    await writeFile(join(folder, "own.key"), testKey);
    await writeFile(join(folder, "both.pem"), testCertificate + testKey);
    const trust = { verify: true, caCertPath: join(folder, "ca.pem") };
    expect(await ask(`${asking.url}/`, {}, trust)).toMatchObject({ answered: false });
    const beside = { ...trust, certPath: join(folder, "ca.pem"), keyPath: join(folder, "own.key") };
    expect(await ask(`${asking.url}/`, {}, beside)).toMatchObject({ answered: true, status: 200 });
    expect(await ask(`${asking.url}/`, {}, { ...trust, certPath: join(folder, "both.pem") })).toMatchObject({
      status: 200,
    });
    await asking.close();
  });
});
