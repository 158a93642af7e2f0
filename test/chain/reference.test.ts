// The reference: a document for machines and a page for people, whole from here, under a policy that lets nothing else in.
import { gunzipSync } from "node:zlib";
import { getDocsFile } from "../../events/operations/get-docs-file.ts";
import { type Bench, startBench } from "./bench.ts";

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench.close());

test("the document is for anybody, with the path of every operation, and is not sent twice", async () => {
  const { status, body, headers } = await bench.call("get-openapi", undefined);
  expect([status, body.openapi, Object.keys(body.paths)]).toEqual([200, "3.1.1", expect.arrayContaining(["/health"])]);
  const again = await bench.call("get-openapi", undefined, { headers: { "if-none-match": String(headers.etag) } });
  expect(again.status).toBe(304);
});

test("the page loads its own files and nothing else", async () => {
  const { status, body, headers } = await bench.call("get-docs", undefined);
  expect(status).toBe(200);
  expect(headers["content-type"]).toBe("text/html; charset=utf-8");
  expect(headers["content-security-policy"]).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self';/);
  expect(headers["content-security-policy"]).not.toMatch(/unsafe|https?:|\*/);
  const loaded = [...String(body).matchAll(/(?:src|href)="([^"]+)"/g)].map(([, url = ""]) => url);
  expect(loaded.filter((url) => !/^(\/docs\/|\/v1\/openapi\.json$|data:,$)/.test(url))).toEqual([]);
  // An inline script or style would be stopped by the policy.
  expect(body).not.toMatch(/<script>|<style|style="| on\w+="/);
  for (const url of loaded.filter((each) => each.startsWith("/docs/"))) {
    const file = await bench.call("get-docs-file", undefined, { params: { file: url.slice("/docs/".length) } });
    expect([url, file.status, file.body.length > 50]).toEqual([url, 200, true]);
  }
});

test("who can unzip gets a file zipped, within what Lambda answers; it may be kept for an hour", async () => {
  const asked = { params: { file: "swagger-ui-bundle.js" } };
  const plain = await bench.call("get-docs-file", undefined, asked);
  const zipped = await bench.call("get-docs-file", undefined, { ...asked, headers: { "accept-encoding": "br, gzip" } });
  expect(gunzipSync(Buffer.from(zipped.body, "base64")).toString()).toBe(plain.body);
  expect(zipped.headers).toMatchObject({
    "content-encoding": "gzip",
    "content-type": "text/javascript; charset=utf-8",
    "cache-control": "public, max-age=3600",
    vary: "accept-encoding",
  });
  expect(plain.headers).not.toHaveProperty("content-encoding");
  expect(plain.body).toContain("SwaggerUIBundle");
  for (const { body } of [plain, zipped]) expect(Buffer.byteLength(body)).toBeLessThan(6 * 1024 * 1024);
});

test.each(["nothing.js", "../page.ts", "constructor", "__proto__", "", "swagger-ui.css/../start.js"])(
  "there is no file %p",
  async (file) => {
    const { status, body } = await bench.call("get-docs-file", undefined, { params: { file } });
    expect([status, body.type]).toEqual([404, "urn:darkroom:problem:not-found"]);
  },
);

test("the example's file is there", async () => {
  expect((await bench.call("get-docs-file", undefined, { params: getDocsFile.examples.params ?? {} })).status).toBe(
    200,
  );
});
