// Every schema takes its own example.
import { answerBody, answerExample } from "./answer.ts";
import { cancelBody, cancelExample, decisionBody, decisionExample } from "./decision.ts";
import { imageRequestBody, imageRequestExample } from "./image-request.ts";
import { listQuery, listQueryExample } from "./list-query.ts";
import { stepMessage, stepMessageExample } from "./step-message.ts";

test.each([
  ["image request", imageRequestBody, imageRequestExample],
  ["decision", decisionBody, decisionExample],
  ["cancel", cancelBody, cancelExample],
  ["answer", answerBody, answerExample],
  ["list query", listQuery, listQueryExample],
  ["step message", stepMessage, stepMessageExample],
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
