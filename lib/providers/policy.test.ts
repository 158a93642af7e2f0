// The policy file: defaults, and every wrong field named.
import { defaultPolicy, parsePolicy } from "./policy.ts";

test("what is left out has its default; times are in ms", () => {
  const { providers } = parsePolicy("providers: { sky: { cloud: sky-imaging } }", "darkroom.yaml");
  expect(providers.sky).toMatchObject({
    cloud: "sky-imaging",
    approvers: [],
    approvalNeededFor: ["shared", "community", "public"],
    visibilities: ["private", "shared"],
    approvalDeadlineMs: 14 * 86_400_000,
    outagePatienceMs: 4 * 3_600_000,
    selfApproval: false,
  });
});

test.each([
  ["not YAML: [", "is no YAML"],
  ["", "providers"],
  ["providers: {}", "providers: must name at least one"],
  ["providers: { Sky: { cloud: x } }", "lower-case"],
  ["providers: { sky: {} }", "providers.sky.cloud"],
  ["providers: { sky: { cloud: x, colour: red } }", "colour"],
  ["providers: { sky: { cloud: x, approvers: [{ role: r, project: 5 }] } }", "providers.sky.approvers.0.project"],
  ["providers: { sky: { cloud: x, approvalDeadlineDays: 0 } }", "providers.sky.approvalDeadlineDays"],
])("%j is refused: %s", (text, said) => {
  expect(() => parsePolicy(text, "darkroom.yaml")).toThrow(said);
});

test("without a file there is one provider, and nobody who approves", () => {
  const { providers } = defaultPolicy("My_Cloud");
  expect(providers["my-cloud"]).toMatchObject({ cloud: "My_Cloud", approvers: [] });
});
