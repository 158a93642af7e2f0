// The origins that may call from a browser: a list out of one text, nothing out of an empty one.
import { corsOrigins } from "./cors-origins.ts";

test("origins are listed with commas; none is none", () => {
  expect(corsOrigins([""])).toEqual([]);
  expect(corsOrigins(["https://a.example.org, http://localhost:8080,,https://a.example.org"])).toEqual([
    "https://a.example.org",
    "http://localhost:8080",
  ]);
});

test.each([
  "*",
  "https://*.example.org",
  "https://a.example.org/",
  "https://a.example.org/portal",
  "a.example.org",
  "null",
  "https://A.example.org",
  "https://a.example.org:443",
  "file:///x",
  "javascript:x",
])("%p is none", (origin) => {
  expect(() => corsOrigins([origin])).toThrow("DARKROOM_CORS_ORIGINS");
});
