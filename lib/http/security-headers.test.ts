// What every answer carries for browsers.
import { securityHeaders } from "./security-headers.ts";

test.each([
  ["imaging.example.org", true],
  ["imaging.example.org:8443", true],
  ["127.0.0.1.example.org", true],
  ["10.0.0.1", true],
  ["localhost", false],
  ["darkroom.localhost:3000", false],
  ["127.0.0.1:3000", false],
  ["[::1]:3000", false],
  [undefined, false],
])("TLS is insisted on at %p: %p", (host, wanted) => {
  expect("strict-transport-security" in securityHeaders(host)).toBe(wanted);
});
