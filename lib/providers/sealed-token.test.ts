// The seal: opened only with the same secret for the same request, and never after a change.
import { seal, unseal } from "./sealed-token.ts";

test("what was sealed is opened with the same secret for the same request, only", () => {
  const sealed = seal("a token", "secret", "request-1");
  expect(sealed).not.toContain("token");
  expect(unseal(sealed, "secret", "request-1")).toBe("a token");
  expect(unseal(sealed, "another", "request-1")).toBeUndefined();
  expect(unseal(sealed, "secret", "request-2")).toBeUndefined();
  const bytes = Buffer.from(sealed, "base64");
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
  expect(unseal(bytes.toString("base64"), "secret", "request-1")).toBeUndefined();
  expect(unseal("", "secret", "request-1")).toBeUndefined();
});

test("the same token sealed twice does not look the same", () => {
  expect(seal("a token", "secret", "r")).not.toBe(seal("a token", "secret", "r"));
});
