// A data file of a former version is read, not refused.
import { contentsInMemory } from "./image/contents.ts";
import { broughtUpToDate } from "./older-state.ts";

test("version 1: what is new is filled in, volumes get what they lacked", () => {
  const contents = contentsInMemory();
  const state = broughtUpToDate(
    {
      schemaVersion: 1,
      signingKey: "key",
      servers: { s: { id: "s" } },
      images: { i: { id: "i", content: Buffer.from("bytes").toString("base64") }, j: { id: "j", content: null } },
      volumes: { v: { id: "v", name: "old", projectId: "p", sizeGib: 3, imageId: "i" } },
    },
    contents,
  );
  expect(contents.get("i")?.toString()).toBe("bytes");
  expect(state).toMatchObject({
    schemaVersion: 2,
    signingKey: "key",
    servers: { s: { id: "s" } },
    images: { i: { content: "uploaded" }, j: { content: null } },
    volumeSnapshots: {},
    volumeQuota: { volumes: 10 },
    volumes: { v: { name: "old", sizeGib: 3, status: "available", imageMetadata: { image_id: "i" } } },
  });
});

test.each([3, 0, undefined])("version %s is refused", (schemaVersion) => {
  expect(() => broughtUpToDate({ schemaVersion }, contentsInMemory())).toThrow(`schemaVersion is ${schemaVersion}`);
});
