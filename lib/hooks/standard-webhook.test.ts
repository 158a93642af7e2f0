// Signatures: what is believed, and what is not.
import { Webhook } from "standardwebhooks";
import { bearsSecret, verify, webhookSecret, webhookSecrets } from "./standard-webhook.ts";

const secret = "whsec_0123456789abcdef0123456789abcdef0123456789abcdef";
const other = "whsec_ffffffffffffffffffffffffffffffffffffffffffffffff";
const nowMs = Date.parse("2026-11-27T12:00:00Z");

function signed({ by = secret, atMs = nowMs, body = '{"a":1}', id = "msg_1" } = {}) {
  const headers: Record<string, string> = {
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(atMs / 1000)),
    "webhook-signature": new Webhook(by).sign(id, new Date(atMs), body),
  };
  return { headers, body, header: (name: string) => headers[name] };
}

test("what was signed with one of the secrets is believed", () => {
  expect(verify(signed(), [secret], nowMs)).toEqual({ kind: "good", id: "msg_1" });
  expect(verify(signed({ by: other }), [secret, other], nowMs)).toEqual({ kind: "good", id: "msg_1" });
});

test("one of several signatures is enough, as while a sender changes its secret", () => {
  const call = signed();
  call.headers["webhook-signature"] = `v1,AAAA v2,x ${call.headers["webhook-signature"]}`;
  expect(verify(call, [secret], nowMs).kind).toBe("good");
});

test.each([
  ["another secret", signed({ by: other })],
  ["another body", { ...signed(), body: '{"a":2}' }],
  ["six minutes ago", signed({ atMs: nowMs - 360_000 })],
  ["six minutes ahead", signed({ atMs: nowMs + 360_000 })],
])("not believed: %s", (_what, call) => {
  expect(verify(call, [secret], nowMs).kind).toBe("bad");
});

test.each(["webhook-id", "webhook-timestamp", "webhook-signature"])("not believed without %s", (name) => {
  const call = signed();
  delete call.headers[name];
  expect(verify(call, [secret], nowMs).kind).toBe("bad");
});

test("another id or time than was signed is not believed", () => {
  const id = signed();
  id.headers["webhook-id"] = "msg_2";
  expect(verify(id, [secret], nowMs).kind).toBe("bad");
  const time = signed();
  time.headers["webhook-timestamp"] = String(nowMs / 1000 + 1);
  expect(verify(time, [secret], nowMs).kind).toBe("bad");
  time.headers["webhook-timestamp"] = "soon";
  expect(verify(time, [secret], nowMs).kind).toBe("bad");
});

test("without any of the headers it is unsigned, and the secret itself may stand in Authorization", () => {
  expect(verify({ body: "", header: () => undefined }, [secret], nowMs)).toEqual({ kind: "unsigned" });
  const basic = (password: string) => `Basic ${Buffer.from(`ceilometer:${password}`).toString("base64")}`;
  expect(bearsSecret(basic(secret), [other, secret])).toBe(true);
  expect(bearsSecret(`Bearer ${secret}`, [secret])).toBe(true);
  for (const wrong of [undefined, "", "Basic", basic(""), basic(`${secret}x`), `Bearer ${other}`, secret, "Bearer "])
    expect(bearsSecret(wrong, [secret])).toBe(false);
});

test.each([
  "",
  "whsec_",
  "whsec_abc",
  "0123456789abcdef0123456789abcdef",
  `${secret}=`,
  "whsec_0123456789abcdef0123456789a",
])("no secret: %s", (value) => {
  expect(webhookSecret.safeParse(value).success).toBe(false);
});

test("one secret or two", () => {
  expect(webhookSecrets.parse(secret)).toEqual([secret]);
  expect(webhookSecrets.parse([secret, other])).toEqual([secret, other]);
  expect(webhookSecrets.safeParse([]).success).toBe(false);
});
