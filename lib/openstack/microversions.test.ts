// Microversions: asked for at once, learnt only when refused, once for everybody.
import * as z from "zod";
import { type Context, callsOf } from "./calls.ts";
import { connect } from "./cloud.ts";
import { openConnections } from "./connections.ts";
import { faultOf } from "./expect-fault.ts";
import { bestVersion, isAtLeast, versionDocumentUrl } from "./microversions.ts";
import { defaultLimits } from "./options.ts";
import { handClock, type ScriptedCloud, startScriptedCloud } from "./scripted-cloud.ts";
import type { Answer, Seen } from "./scripted-server.ts";
import { versionRanges } from "./version-ranges.ts";

const action = "POST /compute/v2.1/servers/s1/action";
const versionDocument = "GET /compute/v2.1/";

let server: ScriptedCloud;
beforeEach(async () => {
  server = await startScriptedCloud();
});
afterEach(() => server.close());

/** A Nova as old as that: refuses newer versions in Zed's own words. */
function offer(max: string, answer: (seen: Seen) => Answer) {
  const document = { version: { id: "v2.1", status: "CURRENT", version: max, min_version: "2.1" } };
  server.script(versionDocument, { json: document });
  server.script(action, (seen) => {
    const asked = String(seen.headers["openstack-api-version"] ?? "compute 2.1").replace("compute ", "");
    if (isAtLeast(max, asked)) return answer(seen);
    const message = `Version ${asked} is not supported by the API. Minimum is 2.1 and maximum is ${max}.`;
    return { status: 406, json: { computeFault: { code: 406, message } } };
  });
}

const versionsAsked = () => server.asked(action).map(({ headers }) => headers["openstack-api-version"]);

test("the wanted one is sent at once, in both headers, without asking first", async () => {
  offer("2.93", () => ({ status: 202 }));
  expect(await connect(server.config).compute.lockServer("s1", "why")).toEqual({ reasonShown: true });
  expect(server.asked(versionDocument)).toHaveLength(0);
  const [lock] = server.asked(action);
  expect(lock?.headers["openstack-api-version"]).toBe("compute 2.73");
  expect(lock?.headers["x-openstack-nova-api-version"]).toBe("2.73");
  expect(JSON.parse(lock?.body ?? "")).toEqual({ lock: { locked_reason: "why" } });
});

test("refused, the best that is allowed is used, and the body made for it", async () => {
  offer("2.60", () => ({ status: 202 }));
  expect(await connect(server.config).compute.lockServer("s1", "why")).toEqual({ reasonShown: false });
  expect(versionsAsked()).toEqual(["compute 2.73", "compute 2.60"]);
  expect(JSON.parse(server.asked(action)[1]?.body ?? "")).toEqual({ lock: null });
});

test("it is learnt once, also by calls on other authority", async () => {
  offer("2.60", () => ({ status: 202 }));
  const cloud = connect(server.config);
  await cloud.compute.lockServer("s1", "why");
  await cloud.compute.lockServer("s1", "why");
  await cloud.asTrust("trust-1").compute.lockServer("s1", "why");
  expect(versionsAsked().slice(1)).toEqual(["compute 2.60", "compute 2.60", "compute 2.60"]);
  expect(server.asked(versionDocument)).toHaveLength(1);
});

test("it is learnt once by calls that are refused at the same time", async () => {
  offer("2.60", () => ({ status: 202 }));
  const cloud = connect(server.config);
  await Promise.all(["a", "b", "c"].map((reason) => cloud.compute.lockServer("s1", reason)));
  expect(server.asked(versionDocument)).toHaveLength(1);
});

test("a cloud that is too old for a call is said to be, and the call not made", async () => {
  offer("2.38", () => ({ status: 202, json: {} }));
  const cloud = connect(server.config);
  const image = { name: "i", metadata: {} };
  const fault = await faultOf(cloud.compute.createImage("s1", image));
  expect(fault).toMatchObject({ kind: "unexpectedShape", outcomeKnown: true });
  expect(fault.detail).toBe("this needs microversion 2.45; the cloud offers 2.1 to 2.38");
  await faultOf(cloud.compute.createImage("s1", image));
  expect(server.asked(action)).toHaveLength(1);
});

test("a refusal that stays ends the call", async () => {
  offer("2.73", () => ({ status: 202 }));
  server.script(action, { status: 406, json: { computeFault: { code: 406, message: "no" } } });
  const fault = await faultOf(connect(server.config).compute.lockServer("s1", "why"));
  expect(fault).toMatchObject({ kind: "unexpectedShape", status: 406, detail: "no" });
  expect(server.asked(action)).toHaveLength(2);
});

test("the answer tells with which version it was performed", async () => {
  offer("2.93", () => ({ json: {} }));
  const clock = handClock();
  const wire = {
    connections: openConnections(server.config, defaultLimits),
    clock,
    random: () => 0,
    limits: defaultLimits,
  };
  const session = { token: () => connect(server.config).token(), renew: () => Promise.reject(new Error("refused")) };
  const caller = { signal: undefined, report: () => {} };
  const context: Context = { config: server.config, wire, ranges: versionRanges(wire), session, caller };
  const microversion = { wants: "2.999", needs: "2.1" };
  const ask = { service: "compute", method: "POST", path: "/servers/s1/action", body: {}, microversion } as const;
  expect((await callsOf(context).read(ask, z.object({}))).microversion).toBe("2.93");
  await wire.connections.destroy();
});

test.each([
  ["2.73", "2.45", undefined, "2.73"],
  ["2.73", "2.45", { min: "2.1", max: "2.93" }, "2.73"],
  ["2.73", "2.45", { min: "2.1", max: "2.60" }, "2.60"],
  ["2.73", "2.45", { min: "2.1", max: "2.45" }, "2.45"],
  ["2.73", "2.45", { min: "2.1", max: "2.9" }, undefined],
  ["2.73", "2.45", { min: "2.80", max: "2.99" }, undefined],
])("wanting %s and needing %s of %j, %s is used", (wants, needs, range, best) => {
  expect(bestVersion({ wants, needs }, range)).toBe(best);
});

test("the document stands above the project's id", () => {
  expect(versionDocumentUrl("http://h/compute/v2.1")).toBe("http://h/compute/v2.1/");
  expect(versionDocumentUrl("http://h/compute/v2.1/0123")).toBe("http://h/compute/v2.1/");
});
