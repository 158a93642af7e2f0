// What callers try, by OWASP's list for APIs (2023), at every operation to which it applies; who may call what at all is the matrix's matter.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { changesSomething, type Operation } from "../../events/operation.ts";
import { allOperations } from "../../events/operations/index.ts";
import { readServerlessFile } from "../../infra/local/serverless-file.ts";
import { type BenchVenue, openBenchVenue } from "./bench-venue.ts";
import { callers, garbageToken } from "./callers.ts";
import { expectedOf, neverWas, openMatrix, replacing } from "./matrix.ts";
import { operationOf, type Row, table } from "./table.ts";
import { asOwner, imageRequest, webhook } from "./things.ts";
import type { Input } from "./venue.ts";

let venue: BenchVenue;
let matrix: ReturnType<typeof openMatrix>;
beforeAll(async () => {
  venue = await openBenchVenue();
  matrix = openMatrix(venue);
});
afterAll(() => venue.close());
beforeEach(() => venue.rest());

type Rowed = readonly [id: string, operation: Operation, row: Row];
/** Without the hooks of machines, where all of this is refused for want of a signature: test/chain has their own tests. */
const rowed = allOperations.flatMap((operation): Rowed[] => {
  if (operation.caller === "secret") return [];
  const row = table[operation.id];
  return row ? [[operation.id, operation, row]] : [];
});
const withToken = rowed.filter(([, { caller }]) => caller === "token");
const withBody = rowed.filter(([, { body }]) => body);
/** What anybody may read is nobody's object. */
const withId = rowed.filter(([, { path, caller }]) => path.includes("{") && caller === "token");

/** What must be as before, whatever `act` tries. */
async function changesNothing(act: () => Promise<void>): Promise<void> {
  const before = await venue.state();
  await act();
  expect(await venue.state()).toEqual(before);
}

/** The first in the table whose call would be accepted. */
async function accepted(row: Row): Promise<string | undefined> {
  const expected = expectedOf(row);
  return await venue.token(callers.find((caller) => expected[caller] < 300) ?? "owner");
}

describe("API1 broken object level authorization:", () => {
  test.each(withId)("%s takes no id that is dressed up", async (id, _operation, row) => {
    const { params = {}, ...input } = await row.call(matrix.the, venue);
    const token = await accepted(row);
    await changesNothing(async () => {
      for (const dress of dresses) {
        const dressed = Object.fromEntries(Object.entries(params).map(([name, value]) => [name, dress(value)]));
        const { status, body } = await venue.call(id, token, { ...input, params: dressed });
        expect([dressed, [404, 422].includes(status), body]).toEqual([dressed, true, body]);
      }
    });
  });

  test.each([
    "../package.json",
    "..%2fpackage.json",
    "/etc/passwd",
    "start.js/../../serverless.yml",
    "..",
    "",
    "constructor",
    "__proto__",
  ])("no file but the reference's is read: %j", async (file) => {
    const { status } = await venue.call("get-docs-file", undefined, { params: { file } });
    expect(status).toBe(404);
  });

  test.each(["__proto__", "constructor", "../simulated", "Simulated", " ", "simulated,simulated"])(
    "a provider that is none, %j, is nobody's",
    async (provider) => {
      const headers = { "darkroom-provider": provider };
      const { status } = await venue.call("list-image-requests", await venue.token("owner"), { headers });
      expect(status).toBe(422);
    },
  );

  test("the cursor of another project's list leads into one's own", async () => {
    await asOwner(venue, "get-image-request", { params: { id: await matrix.the.waiting() } });
    await asOwner(venue, "get-image-request", { params: { id: await matrix.the.finished() } });
    const page = await asOwner(venue, "list-image-requests", { query: { limit: "1" } });
    expect(page.next).toEqual(expect.any(String));
    const query = { limit: "100", cursor: page.next };
    const answer = await venue.call("list-image-requests", await venue.token("stranger"), { query });
    expect([answer.status, answer.body.requests ?? []]).toEqual([expect.any(Number), []]);
  });

  test("one's own data hold nothing of a colleague's", async () => {
    const id = await matrix.the.finished();
    const mine = await asOwner(venue, "get-my-data", {});
    expect(JSON.stringify(mine)).toContain(id);
    for (const caller of ["colleague", "reader", "stranger"] as const) {
      const { status, body } = await venue.call("get-my-data", await venue.token(caller), {});
      expect([caller, status, JSON.stringify(body).includes(id)]).toEqual([caller, 200, false]);
    }
  });

  test("an Idempotency-Key of somebody else is one's own: it brings nobody to their request", async () => {
    const headers = { "idempotency-key": "nightly" };
    const body = imageRequest({ serverId: await matrix.the.server() });
    const mine = await venue.call("create-image-request", await venue.token("owner"), { body, headers });
    expect(mine.status).toBe(202);
    for (const caller of ["colleague", "stranger", "staff"] as const) {
      const theirs = await venue.call("create-image-request", await venue.token(caller), { body, headers });
      expect([caller, theirs.status]).toEqual([caller, caller === "colleague" ? 409 : 422]);
    }
    await asOwner(venue, "cancel-image-request", { params: { id: mine.body.id } });
    await venue.reach(mine.body.id, "ended");
  });
});

describe("API2 broken authentication:", () => {
  test.each(withToken)(
    "%s takes a token from nowhere but its header, and nobody's word for who calls",
    async (id, _operation, row) => {
      const { query, headers, ...input } = await row.call(matrix.the, venue);
      const token = String(await accepted(row));
      const said = {
        ...headers,
        ...saidOfOneself,
        authorization: `Bearer ${token}`,
        "x-subject-token": token,
        cookie: `token=${token}`,
      };
      await changesNothing(async () => {
        const none = await venue.call(id, undefined, {
          ...input,
          headers: said,
          query: { ...query, token, "X-Auth-Token": token },
        });
        expect(none.status).toBe(401);
        expect(none.headers["www-authenticate"]).toBe("Keystone");
        for (const wrong of [
          "",
          " ",
          "null",
          "undefined",
          `${token.slice(0, -2)}xx`,
          `${token} `,
          `${token}\n`,
          `${token},${token}`,
          garbageToken,
          "x".repeat(9000),
        ]) {
          expect([
            wrong,
            (await venue.call(id, wrong, { ...input, query: query ?? {}, headers: said })).status,
          ]).toEqual([wrong, 401]);
        }
      });
    },
  );

  test("a token is believed no longer than it lives, though it was seen before", async () => {
    const { bench } = venue;
    const token = await bench.token("alice");
    expect((await venue.call("list-image-requests", token, {})).status).toBe(200);
    bench.clock.advance(5 * 3_600_000); // tokens of this cloud live for four hours
    expect((await venue.call("list-image-requests", token, {})).status).toBe(401);
  });

  test("a token that was revoked is believed five minutes longer at most, as keystonemiddleware does", async () => {
    const { bench } = venue;
    const token = await bench.token("alice");
    expect((await venue.call("list-image-requests", token, {})).status).toBe(200);
    const headers = { "x-auth-token": token, "x-subject-token": token };
    expect((await fetch(`${bench.cloud.authUrl}/auth/tokens`, { method: "DELETE", headers })).status).toBe(204);
    bench.clock.advance(300_001);
    expect((await venue.call("list-image-requests", token, {})).status).toBe(401);
  });
});

describe("API3 broken object property level authorization, mass assignment:", () => {
  test.each(withBody)("%s takes no field that is not its own", async (id, { body: schema }, row) => {
    const own = schema ? fieldsOf(schema) : [];
    const { body, ...input } = await row.call(matrix.the, venue);
    const token = await accepted(row);
    const foreign = Object.entries(smuggled).filter(([name]) => !own.includes(name));
    expect(foreign.length).toBeGreaterThan(20);
    await changesNothing(async () => {
      for (const [name, value] of foreign) {
        const { status } = await venue.call(id, token, { ...input, body: { ...(body as object), [name]: value } });
        expect([name, status]).toEqual([name, 422]);
      }
      const prototype = `{"__proto__":{"isStaff":true},${JSON.stringify(body ?? {}).slice(1)}`.replace(",}", "}");
      expect((await venue.call(id, token, { ...input, body: prototype })).status).toBe(422);
    });
    expect({}).not.toHaveProperty("isStaff");
  });
});

describe("API4 unrestricted resource consumption:", () => {
  test.each(withBody)(
    "%s reads no body beyond its bound, nor is it overcome by a deep one",
    async (id, _operation, row) => {
      const input = await row.call(matrix.the, venue);
      const token = await accepted(row);
      const deep = `${"[".repeat(20_000)}${"]".repeat(20_000)}`;
      await changesNothing(async () => {
        expect((await venue.call(id, token, { ...input, body: JSON.stringify("x".repeat(70_000)) })).status).toBe(413);
        expect((await venue.call(id, token, { ...input, body: deep })).status).toBe(422);
      });
    },
  );

  test.each(rowed.filter(([, { query }]) => query && fieldsOf(query).includes("limit")))(
    "%s gives no page beyond its bound",
    async (id, _operation, row) => {
      const input = await row.call(matrix.the, venue);
      for (const limit of ["0", "-1", "1001", "1e9", "NaN", "", "1,1"]) {
        const { status } = await venue.call(id, await accepted(row), { ...input, query: { ...input.query, limit } });
        expect([limit, status]).toEqual([limit, 422]);
      }
    },
  );
});

describe("API5 broken function level authorization:", () => {
  test.each(withToken)(
    "%s: a stranger who says to be staff, or the owner, is a stranger",
    async (id, operation, row) => {
      const input = await row.call(matrix.the, venue);
      const token = await venue.token("stranger");
      const plain = expectedOf(row).stranger;
      if (plain < 400 && changesSomething(operation)) return;
      const answer = await venue.call(id, token, { ...input, headers: { ...input.headers, ...saidOfOneself } });
      expect(answer.status).toBe(plain);
      expect(answer.body).toEqual((await venue.call(id, token, input)).body);
    },
  );

  test.each(["application credential", "trust"] as const)(
    "what was given for one project by %s reaches no further: the user's own data are of all projects",
    async (kind) => {
      const token = kind === "trust" ? await trustToken() : await credentialToken();
      expect((await venue.call("list-image-requests", token, {})).status).toBe(200);
      await changesNothing(async () => {
        for (const operation of ["get-my-data", "erase-my-data"]) {
          const { status, body } = await venue.call(operation, token, {});
          expect([operation, status, body.type]).toEqual([operation, 403, "urn:darkroom:problem:delegated"]);
          const query = { user: await venue.owner() };
          expect((await venue.call(operation, token, { query })).status).toBe(403);
        }
      });
    },
  );

  test("staff do not decide what they asked for themselves, though they are staff", async () => {
    const body = imageRequest({
      serverId: await matrix.the.server(),
      keepPaths: [{ path: "/srv/own", reason: "mine" }],
    });
    const posted = await venue.call("create-image-request", await venue.token("staffAsMember"), { body });
    expect(posted.status).toBe(202);
    const { id } = posted.body;
    await venue.reach(id, "awaiting-approval");
    const decide: Input = { params: { id }, body: { decision: "approve", reason: "it is fine" } };
    for (const caller of ["staff", "staffAsMember", "elsewhere"] as const) {
      const { status } = await venue.call("decide-image-request", await venue.token(caller), decide);
      expect([caller, status]).toEqual([caller, caller === "elsewhere" ? 404 : 403]);
    }
    await asOwner(venue, "cancel-image-request", { params: { id } });
    await venue.reach(id, "ended");
  });
});

describe("API6 unrestricted access to sensitive business flows:", () => {
  test("of many who ask for one server at once one is taken, and the others are told of it", async () => {
    const serverId = await matrix.the.server();
    const tokens = [await venue.token("owner"), await venue.token("colleague"), await venue.token("staffAsMember")];
    const asked = Array.from({ length: 12 }, (_, at) =>
      venue.call("create-image-request", tokens[at % 3], { body: imageRequest({ serverId }) }),
    );
    const answers = await Promise.all(asked);
    const taken = answers.filter(({ status }) => status === 202);
    expect([taken.length, answers.filter(({ status }) => status === 409).length]).toEqual([1, 11]);
    const { id } = taken[0]?.body ?? {};
    await asOwner(venue, "cancel-image-request", { params: { id } });
    await venue.reach(id, "ended");
  });
});

describe("API7 server side request forgery:", () => {
  test.each([
    "https://127.0.0.1/x",
    "https://localhost/x",
    "https://10.0.0.7/x",
    "https://192.168.1.1/x",
    "https://169.254.169.254/latest/meta-data/",
    "https://[::1]/x",
    "https://[::ffff:169.254.169.254]/x",
    "https://2852039166/x",
    "https://0x7f.1/x",
    "https://metadata.google.internal/x",
    "http://93.184.216.34/x",
    "ftp://93.184.216.34/x",
    "file:///etc/passwd",
    "gopher://93.184.216.34/x",
    "https://user:secret@93.184.216.34/x",
  ])("no webhook leads to %s", async (url) => {
    const token = await venue.token("owner");
    await changesNothing(async () => {
      const { status, body } = await venue.call("create-webhook", token, { body: { ...webhook, url } });
      expect([status, body.errors?.[0]?.field]).toEqual([422, "url"]);
    });
  });

  test("what a caller says of the host does not lead anywhere: answers name paths only", async () => {
    const headers = { host: "evil.example", "x-forwarded-host": "evil.example", "x-forwarded-proto": "gopher" };
    const body = imageRequest({ serverId: await matrix.the.server() });
    const answer = await venue.call("create-image-request", await venue.token("owner"), { body, headers });
    expect(answer.status).toBe(202);
    expect(answer.headers.location).toBe(`/v1/image-requests/${answer.body.id}`);
    expect(JSON.stringify(answer)).not.toContain("evil.example");
    await asOwner(venue, "cancel-image-request", { params: { id: answer.body.id } });
    await venue.reach(answer.body.id, "ended");
  });
});

describe("API8 security misconfiguration:", () => {
  test.each(withToken)(
    "%s: no answer may be kept or taken for another type, and none tells of our inside",
    async (id, _operation, row) => {
      const input = await row.call(matrix.the, venue);
      const refused = callers.filter((caller) => expectedOf(row)[caller] >= 400);
      for (const caller of refused) {
        const { headers, body } = await venue.call(id, await venue.token(caller), input);
        expect(headers).toMatchObject({
          "content-type": "application/problem+json",
          "cache-control": "no-store",
          "x-content-type-options": "nosniff",
        });
        expect(JSON.stringify(body)).not.toMatch(/node_modules|\.ts\b|at async|Error:|dynamodb|127\.0\.0\.1|gAAAA/i);
      }
    },
  );
});

describe("API9 improper inventory management:", () => {
  test("whatever can be called over HTTP is an operation with its rows: no function, no route is forgotten", async () => {
    const root = join(import.meta.dirname, "../..");
    const files = ["api", "hooks"].flatMap((folder) => readdirSync(join(root, "functions", folder)));
    const { functions } = await readServerlessFile(root, "test");
    const routed = functions.filter(({ events }) => events.some((event) => "httpApi" in event));
    const rows = [...new Set(Object.keys(table).map(operationOf))].sort();
    expect(files.map((file) => file.replace(/\.ts$/, "")).sort()).toEqual(rows);
    expect(routed.map(({ name }) => name).sort()).toEqual(rows);
  });
});

describe("API10 unsafe consumption of APIs:", () => {
  test.each(["other", "list", "nulls", "half", "empty", "page"] as const)(
    "a Keystone whose answer is no answer (%s) lets nobody in",
    async (shape) => {
      const { faults } = venue.bench.cloud;
      const token = await venue.bench.token("carol");
      const fault = faults.add({
        service: "identity",
        method: "GET",
        path: /auth\/tokens/,
        when: "before",
        answer: { shape },
      });
      const id = await matrix.the.waiting();
      const { status, body } = await venue.call("get-image-request", token, { params: { id } });
      expect(fault.hits).toBeGreaterThan(0);
      fault.remove();
      expect([status, JSON.stringify(body)]).toEqual([503, expect.not.stringContaining(id)]);
    },
  );
});

/** Keystone, asked by the owner. */
async function ofKeystone(path: string, body: unknown, token?: string) {
  const answer = await fetch(`${venue.bench.cloud.authUrl}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...(token !== undefined && { "x-auth-token": token }) },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  // biome-ignore lint/suspicious/noExplicitAny: Keystone's own answers
  return { token: String(answer.headers.get("x-subject-token")), body: (await answer.json()) as any };
}

/** What the owner gave to a program of theirs, for their project. */
async function credentialToken(): Promise<string> {
  const path = `/users/${await venue.owner()}/application_credentials`;
  const wish = { application_credential: { name: "of a program" } };
  const { id, secret } = (await ofKeystone(path, wish, await venue.token("owner"))).body.application_credential;
  const identity = { methods: ["application_credential"], application_credential: { id, secret } };
  return (await ofKeystone("/auth/tokens", { auth: { identity } })).token;
}

/** What the owner gave to the stranger, who acts under their own name. With impersonation Keystone would not show it to us at all (measured on Zed). */
async function trustToken(): Promise<string> {
  const trust = {
    trustor_user_id: await venue.owner(),
    trustee_user_id: venue.bench.cloud.ids.user(venue.stranger),
    project_id: await venue.project("owner"),
    impersonation: false,
    roles: [{ name: "member" }],
  };
  const { id } = (await ofKeystone("/OS-TRUST/trusts", { trust }, await venue.token("owner"))).body.trust;
  const user = { name: venue.stranger, domain: { id: "default" }, password: venue.password };
  const identity = { methods: ["password"], password: { user } };
  return (await ofKeystone("/auth/tokens", { auth: { identity, scope: { "OS-TRUST:trust": { id } } } })).token;
}

/** What identity middlewares and proxies put into headers, and what a caller must not. */
const saidOfOneself = {
  "x-identity-status": "Confirmed",
  "x-roles": "admin,imaging-staff",
  "x-role": "admin",
  "x-is-admin-project": "True",
  "x-project-id": "90000000000040008000000000000001",
  "x-tenant-id": "90000000000040008000000000000001",
  "x-user-id": "50000000000040008000000000000001",
  "x-user-name": "alice",
  "x-forwarded-for": "127.0.0.1",
  "x-forwarded-user": "alice",
  "x-original-url": "/health",
  "x-http-method-override": "GET",
};

/** Fields that a thing has and that are nobody's to say. */
const smuggled: Record<string, unknown> = {
  id: "00000000-0000-4000-8000-000000000000",
  owner: "me",
  ownerId: "me",
  project: { id: "90000000000040008000000000000001" },
  projectId: "90000000000040008000000000000001",
  project_id: "90000000000040008000000000000001",
  user: "alice",
  userId: "50000000000040008000000000000001",
  requester: { userId: "50000000000040008000000000000001", userName: "alice" },
  by: { userId: "50000000000040008000000000000001", userName: "alice" },
  at: "2020-01-01T00:00:00.000Z",
  visibility: "public",
  protected: true,
  status: "completed",
  step: "publish",
  end: { status: "completed" },
  endedAt: "2020-01-01T00:00:00.000Z",
  createdAt: "2020-01-01T00:00:00.000Z",
  approvalDeadline: "2099-01-01T00:00:00.000Z",
  decision: "approve",
  approved: true,
  approve: { by: "policy" },
  selfApproval: true,
  isStaff: true,
  is_admin: true,
  roles: ["admin"],
  learned: { publish: { imageId: "00000000-0000-4000-8000-000000000000" } },
  ledger: [],
  signals: 7,
  claim: null,
  wakeAtMs: 0,
  sealedToken: "x",
  schemaVersion: 2,
  fingerprint: "x",
  listKey: "approvals#simulated",
  secret: "whsec_AAAA",
  constructor: { prototype: {} },
};

const dresses: ((id: string) => string)[] = [
  (id) => ` ${id}`,
  (id) => `${id} `,
  (id) => `${id}\n`,
  (id) => `${id}%00`,
  (id) => `${id}\0`,
  (id) => `${id}#`,
  (id) => `request#${id}`,
  (id) => `../image-requests/${id}`,
  (id) => `${id}/../${id}`,
  (id) => `${id}?x=1`,
  (id) => `${id},${id}`,
  (id) => `['${id}']`,
  (id) => `${id}' or '1'='1`,
  (id) => `{"$ne":"${id}"}`,
  (id) => replacing(id, [id], neverWas),
  () => "*",
  () => ".",
  () => "..",
  () => "",
  () => "__proto__",
  () => "x".repeat(5_000),
];

/** The names of a schema's fields, of whichever of its variants. */
function fieldsOf(schema: z.ZodType): string[] {
  const names = new Set<string>();
  const walk = (part: unknown): void => {
    if (typeof part !== "object" || part === null) return;
    const { properties, anyOf, oneOf, allOf } = part as Record<string, object>;
    for (const name of Object.keys(properties ?? {})) names.add(name);
    for (const variants of [anyOf, oneOf, allOf]) for (const each of Object.values(variants ?? {})) walk(each);
  };
  walk(z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }));
  return [...names];
}
