// An ETag is of what is shown: 304 while it is the same, 412 where it is another.
import { answeredOnce, etagOf, requireMatch } from "./etag.ts";

const shown = { name: "first", tags: ["a"] };
const text = JSON.stringify(shown);
const etag = etagOf(text);
const answered = { statusCode: 200, headers: { "content-type": "application/json" }, body: text };

test("a text has one ETag, another text another", () => {
  expect(etag).toMatch(/^"[\w-]{32}"$/);
  expect(etagOf(JSON.stringify({ ...shown }))).toBe(etag);
  expect(etagOf(JSON.stringify({ ...shown, name: "second" }))).not.toBe(etag);
});

test.each([undefined, "*", etag, `"other", ${etag}`])("If-Match %p lets the change through", (ifMatch) => {
  expect(() => requireMatch(ifMatch, shown)).not.toThrow();
});

test.each(['"other"', `W/${etag}`, "", "no tag at all", etag.slice(1, -1)])(
  "If-Match %p stops it, and says what is there now",
  (ifMatch) => {
    expect(() => requireMatch(ifMatch, shown)).toThrow(
      expect.objectContaining({ status: 412, headers: { etag }, problem: expect.objectContaining({}) }),
    );
  },
);

test.each(["*", etag, `W/${etag}`, `"other", ${etag}`])("If-None-Match %p: not again", (ifNoneMatch) => {
  expect(answeredOnce(ifNoneMatch, answered)).toEqual({ statusCode: 304, headers: { etag } });
});

test.each([undefined, '"other"', "junk", ""])("If-None-Match %p: the whole, with its ETag", (ifNoneMatch) => {
  expect(answeredOnce(ifNoneMatch, answered)).toEqual({ ...answered, headers: { ...answered.headers, etag } });
});

test("a refusal is no state of anything", () => {
  const refused = { ...answered, statusCode: 404 };
  expect(answeredOnce("*", refused)).toBe(refused);
});
