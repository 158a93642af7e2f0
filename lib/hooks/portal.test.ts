// What a portal's call asks for: its configuration's texts filled in, and nothing else of what was sent.
import { portalCallExample } from "../../events/portal-call.ts";
import { parsePolicy } from "../providers/policy.ts";
import { requestFor } from "./portal.ts";
import { portalPolicy } from "./portal-policy.ts";

const secret = "whsec_0123456789abcdef0123456789abcdef0123456789abcdef";
const nowMs = Date.parse("2026-11-27T23:59:30Z");
const policy = (more: object = {}) => ({
  secret,
  provider: "jetstream",
  cloud: "ci-builder",
  given: ["build", "branch"],
  request: {
    serverId: "11111111-1111-4111-8111-111111111111",
    name: "build-{date}-{build}",
    description: "Built at {time} from {branch}.",
    tags: ["ci", "{branch}"],
    licenseAcknowledged: true,
  },
  ...more,
});
const asked = (call: Record<string, unknown>, more: object = {}) =>
  requestFor(portalPolicy.parse(policy(more)), call, nowMs);

test("date, time and what is given stand where the configuration has them", () => {
  expect(asked(portalCallExample)).toMatchObject({
    asked: {
      name: "build-2026-11-27-142",
      description: "Built at 2359 from main.",
      tags: ["ci", "main"],
      visibility: "private",
      preparation: "clean",
    },
  });
});

test("values may stand at the body's own level, as numbers too; what is not given is passed over", () => {
  const call = { build: 7, branch: "x", visibility: "public", serverId: "other", keepPaths: ["/"] };
  expect(asked(call)).toMatchObject({
    asked: { name: "build-2026-11-27-7", visibility: "private", keepPaths: [], serverId: policy().request.serverId },
  });
});

test.each([
  ["missing", { build: 1 }, "branch"],
  ["an object", { build: {}, branch: "x" }, "build"],
  ["empty", { build: " ", branch: "x" }, "build"],
  ["with a line end", { build: "1\n2", branch: "x" }, "build"],
  ["a template itself", { build: "{branch}", branch: "x" }, "build"],
  ["too long", { build: "1".repeat(121), branch: "x" }, "build"],
  ["too long for the field that it fills", { build: "1".repeat(40), branch: "x" }, "request.name"],
])("a value that is %s is named", (_what, call, field) => {
  expect(asked(call)).toEqual({ errors: [{ field, detail: expect.any(String) }] });
});

test.each([
  ["a text that names what nobody gives", { given: ["build"] }, "{branch}"],
  ["a field that no request has", { request: { ...policy().request, flavor: "big" } }, "request"],
  ["a provider within", { request: { ...policy().request, provider: "x" } }, "request"],
  ["a date that is given", { given: ["build", "branch", "date"] }, "filled in by us"],
  ["a short secret", { secret: "whsec_abc" }, "24 to 64"],
])("the policy file is refused for %s", (_what, more, words) => {
  const file = { providers: { jetstream: { cloud: "darkroom" } }, portals: { nightly: policy(more) } };
  expect(() => parsePolicy(JSON.stringify(file), "darkroom.yaml")).toThrow(words);
});
