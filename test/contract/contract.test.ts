// The contract, held against the simulated cloud.
import { type CloudConfig, connect } from "../../lib/openstack/index.ts";
import { factNames, subjects } from "./facts/index.ts";
import { methodsOf } from "./recorded.ts";
import { differences, type Findings, runFacts } from "./run-facts.ts";
import { simulatedVenue } from "./venues.ts";

let findings: Findings;

beforeAll(async () => {
  findings = await runFacts(await simulatedVenue(), subjects);
});

test.each(factNames)("%s", (name) => {
  expect(findings.failed.find((one) => one.name === name)?.why).toBeUndefined();
  expect(findings.held.map((one) => one.name)).toContain(name);
});

test("no two facts have one name", () => {
  expect(factNames.filter((name, index) => factNames.indexOf(name) !== index)).toEqual([]);
});

test("everything that was made is taken away again", () => {
  expect(findings.left).toBeUndefined();
});

test("no method of the client is without a fact", () => {
  const methods = methodsOf(connect(nowhere));
  expect(methods.length).toBeGreaterThan(30);
  // What `close` does is between us and our connections.
  expect(methods.filter((method) => method !== "cloud.close" && !findings.called.includes(method))).toEqual([]);
});

/** Connecting makes no call. */
const nowhere: CloudConfig = {
  name: "nowhere",
  authUrl: "http://127.0.0.1:9/v3",
  credentials: { type: "token", token: "none", scope: undefined },
  regionName: undefined,
  interface: "public",
  verify: true,
  caCertPath: undefined,
};

describe("two lists differ", () => {
  const list = (cloud: string, held: Findings["held"]): Findings => ({
    cloud,
    tookMs: 0,
    held,
    failed: [],
    called: [],
    left: undefined,
  });
  const one = { name: "one", seen: 1 };

  test("not, where they are the same", () => {
    expect(differences(list("a", [one]), list("b", [one]))).toEqual([]);
  });

  test.each([
    ["both empty", [], []],
    ["one empty", [one], []],
    ["one longer", [one], [one, { name: "two", seen: 1 }]],
    ["seen otherwise", [one], [{ name: "one", seen: 2 }]],
  ])("where %s", (_name, here, there) => {
    expect(differences(list("a", here), list("b", there))).not.toEqual([]);
  });
});
