// What is thrown: values of every wrong kind, deep and huge ones, Unicode's traps, and text that means something to somebody else.
import * as fc from "fast-check";

/** Each means something to a shell, a database, a template, a header, a path, a browser, or to our own table. */
const injections = [
  "' OR '1'='1' --",
  '"; DROP TABLE requests; --',
  "$(reboot)",
  "`reboot`",
  "; cat /etc/passwd |",
  "../../../etc/passwd",
  "..%2f..%2fv3%2fusers",
  "%00",
  "%",
  "/v3/auth/tokens?x=",
  "?limit=0#",
  "a\r\nX-Auth-Token: stolen",
  "a\r\n\r\nGET / HTTP/1.1",
  "<script>alert(1)</script>",
  '"><img src=x onerror=alert(1)>',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is for somebody else's template
  "${jndi:ldap://127.0.0.1/x}",
  "{{7*7}}",
  "%s%s%n",
  "*)(uid=*",
  "<!DOCTYPE x [<!ENTITY y SYSTEM 'file:///etc/passwd'>]>&y;",
  "javascript:alert(1)",
  "http://169.254.169.254/latest/meta-data/",
  "file:///etc/passwd",
  "#version",
  ":v0",
  "attribute_exists(id)",
  "rate#x",
  "request#x",
  "approvals#simulated",
  "in:x,y",
  "gt:0",
];

/** Names that an object has without having been given them, and what is no number. */
const names = ["__proto__", "constructor", "prototype", "toString", "hasOwnProperty", "undefined", "null", "NaN", "-1"];

const unicode = [
  "",
  " ",
  "\u0000",
  "\u00a0",
  "\u200b",
  "\u202egnp.exe",
  "\ufeff",
  "\ud800",
  "a\udfff",
  "\u{1f4a9}",
  "e\u0301".repeat(20),
  `a${"\u0300".repeat(300)}`,
  "ß",
  "İ",
  "ﷺ",
  "１２３",
  "\u2028\u2029",
  "\u0085",
];

/** Of the shape of an id, and of nothing. */
const ids = [
  "-".repeat(36),
  "00000000-0000-0000-0000-000000000000",
  "FFFFFFFF-FFFF-4FFF-8FFF-FFFFFFFFFFFF",
  "0".repeat(32),
  "default",
  "latest",
  "self",
];

export const junkText = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...injections, ...names, ...unicode, ...ids) },
  { weight: 2, arbitrary: fc.string({ unit: "binary", maxLength: 40 }) },
  { weight: 1, arbitrary: fc.string({ unit: "grapheme", maxLength: 40 }) },
  { weight: 1, arbitrary: fc.webUrl() },
  { weight: 1, arbitrary: fc.emailAddress() },
  { weight: 1, arbitrary: fc.integer({ min: 100, max: 5_000 }).map((length) => "x".repeat(length)) },
);

const numbers = [0, -0, -1, 1.5, 1e308, -1e308, 2 ** 53, 1e-7, 101, 4_294_967_296];

export const junkValue: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 6, arbitrary: junkText },
  { weight: 3, arbitrary: fc.constantFrom<unknown>(null, true, false, ...numbers, [], {}, [[]], [null], [{}]) },
  { weight: 2, arbitrary: fc.jsonValue({ maxDepth: 4 }) },
  { weight: 1, arbitrary: fc.array(junkText, { maxLength: 30 }) },
  { weight: 1, arbitrary: fc.dictionary(fc.constantFrom(...names, "id", "owner", "visibility"), junkText) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 3_000 }).map(deep) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 2_000 }).map((length) => Array.from({ length }, () => "x")) },
);

function deep(levels: number): unknown {
  let value: unknown = {};
  for (let level = 0; level < levels; level++) value = level % 2 === 0 ? [value] : { a: value };
  return value;
}

/** As a header's value can arrive: no line ends, no NUL. */
export const junkHeader = fc.oneof(
  fc.constantFrom("", '"', "*", '"a", "b"', 'W/"x"', ",", "é", "gzip;q=0", "simulated, simulated", "-", "0"),
  fc.string({ maxLength: 300 }),
  fc.constantFrom(...injections).map((text) => text.replaceAll(/[\r\n]/g, " ")),
);

/** What is sent as a body without being JSON of ours. */
export const rawBody = fc.record({
  text: fc.oneof(
    fc.constantFrom("", "{", "[", "nul", "{}{}", '{"a":1,}', "\ufeff{}", "NaN", "'x'", "<xml/>", "a=b&c=d", "\u0000"),
    fc.constantFrom(
      "[".repeat(30_000),
      '{"a":'.repeat(10_000),
      `"${"\\u0000".repeat(5_000)}"`,
      `{"a":1e${"9".repeat(400)}}`,
    ),
    fc.constantFrom('{"__proto__":{"x":1}}', '{"a":1,"a":2}', '{"constructor":{"prototype":{"x":1}}}'),
    fc.integer({ min: 65_000, max: 70_000 }).map((length) => JSON.stringify("x".repeat(length))),
    fc.string({ unit: "binary", maxLength: 200 }),
  ),
  isBase64Encoded: fc.constantFrom(false, false, false, true),
  contentType: fc.constantFrom(
    // Most say what they are not, or what is read is never reached.
    undefined,
    undefined,
    undefined,
    "application/json",
    "application/json",
    "application/json",
    "application/json; charset=utf-16",
    "application/merge-patch+json",
    "text/plain",
    "multipart/form-data; boundary=x",
    "application/x-www-form-urlencoded",
    "",
    "/",
    "application/json, text/plain",
  ),
});
