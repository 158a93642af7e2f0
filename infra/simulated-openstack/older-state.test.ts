// A data file of a former version is read, not refused.
import { broughtUpToDate } from "./older-state.ts";

test("version 1: what is new is filled in, volumes get what they lacked", () => {
  const state = broughtUpToDate({
    schemaVersion: 1,
    signingKey: "key",
    servers: { s: { id: "s" } },
    volumes: { v: { id: "v", name: "old", projectId: "p", sizeGib: 3, imageId: "i" } },
  });
  expect(state).toMatchObject({
    schemaVersion: 2,
    signingKey: "key",
    servers: { s: { id: "s" } },
    volumeSnapshots: {},
    volumeQuota: { volumes: 10 },
    volumes: { v: { name: "old", sizeGib: 3, status: "available", imageMetadata: { image_id: "i" } } },
  });
});

test.each([3, 0, undefined])("version %s is refused", (schemaVersion) => {
  expect(() => broughtUpToDate({ schemaVersion })).toThrow(`schemaVersion is ${schemaVersion}`);
});
