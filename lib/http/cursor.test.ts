// Cursors: what was given out is read again; nothing else gets to the cloud.
import fc from "fast-check";
import { OpenStackFault } from "../openstack/index.ts";
import { decodeCursor, encodeCursor, refuseLostMarker } from "./cursor.ts";
import { HttpProblem } from "./http-problem.ts";

test("a marker comes back as it was", () => {
  fc.assert(
    fc.property(fc.uuid(), (marker) => expect(decodeCursor(encodeCursor(marker))).toBe(marker)),
    { seed: 1 },
  );
});

test("anything else is 422 that names the cursor, never an error of ours, never a marker", () => {
  const forged = fc.oneof(
    fc.string({ unit: "binary", maxLength: 500 }),
    fc.base64String(),
    fc.json().map((json) => Buffer.from(json).toString("base64url")),
    fc.array(fc.jsonValue()).map((values) => Buffer.from(JSON.stringify(values)).toString("base64url")),
    fc.string().map((text) => encodeCursor(text)),
    fc.constantFrom("../..", "x&owner=other", "%00", "").map(encodeCursor),
  );
  fc.assert(
    fc.property(forged, (cursor) => {
      try {
        decodeCursor(cursor);
      } catch (error) {
        expect(error).toBeInstanceOf(HttpProblem);
        expect(error).toMatchObject({ status: 422, problem: { errors: [{ field: "cursor" }] } });
        return;
      }
      throw new Error(`${cursor} was taken`);
    }),
    { seed: 1, numRuns: 1_000 },
  );
});

test("a marker that the cloud does not find is the cursor's fault; without one the cloud's words stay", () => {
  const fault = new OpenStackFault({
    kind: "badRequest",
    service: "image",
    method: "GET",
    path: "/images",
    detail: "x",
  });
  expect(() => refuseLostMarker(fault, "m")).toThrow("cursor");
  expect(() => refuseLostMarker(fault, undefined)).toThrow(fault);
  const down = new OpenStackFault({
    kind: "unavailable",
    service: "image",
    method: "GET",
    path: "/images",
    detail: "x",
  });
  expect(() => refuseLostMarker(down, "m")).toThrow(down);
});
