// What the schemas of messages and bodies take; operations' own examples: operations.test.ts.
import { imageRequestBody, imageRequestExample } from "./image-request.ts";
import { noticePoke, noticePokeExample } from "./notice-poke.ts";
import { problemExample, problemShape } from "./problem.ts";
import { stepMessage, stepMessageExample } from "./step-message.ts";

test.each([
  ["notice poke", noticePoke, noticePokeExample],
  ["step message", stepMessage, stepMessageExample],
  ["problem", problemShape, problemExample],
])("%s", (_what, schema, example) => {
  expect(schema.safeParse(example)).toMatchObject({ success: true });
});

test("a name is normalised, trimmed and counted in code points", () => {
  const name = (value: string) => imageRequestBody.safeParse({ ...imageRequestExample, name: value });
  expect(name("  Cafe\u0301 ").data?.name).toBe("Café");
  expect(name("é".repeat(30)).success).toBe(true);
  expect(name("e\u0301".repeat(30)).success).toBe(true);
  expect(name("é".repeat(31)).success).toBe(false);
});
