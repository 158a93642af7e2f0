// A snapshot is ours only if everything agrees: a mark alone is copied by Nova onto what others make.
import type { Cloud, Image } from "../openstack/index.ts";
import type { ImageEntry } from "../requests/ledger-entry.ts";
import { findImages } from "./images.ts";

const entry: ImageEntry = {
  kind: "snapshot",
  mark: "0123456789abcdef",
  serverId: "our-server",
  attempt: 1,
  intentAtMs: Date.parse("2026-01-01T12:00:00Z"),
  quietUntilMs: 0,
  emptyLooks: 0,
};
const ours = {
  id: "ours",
  name: "darkroom-0123456789abcdef",
  owner: "our-project",
  createdAt: "2026-01-01T12:00:05Z",
  properties: { darkroom_mark: "0123456789abcdef", instance_uuid: "our-server" },
};

/** Only as much of a cloud as answers a list; what it answers is the point. */
const listing = (...images: object[]) =>
  ({
    image: {
      async *listImages() {
        yield* images as Image[];
      },
    },
  }) as unknown as Cloud;

test("mark, server, name, owner and time agree: it is ours", async () => {
  expect(await findImages(listing(ours), "our-project", entry)).toEqual([ours]);
});

test.each([
  ["another mark, though the list was asked for ours", { properties: { ...ours.properties, darkroom_mark: "f" } }],
  [
    "of another server: an owner's own snapshot of a server that was booted from ours",
    { properties: { ...ours.properties, instance_uuid: "other" } },
  ],
  ["under another name: an owner's own snapshot of the source, rebuilt from ours", { name: "mine" }],
  ["of another project", { owner: "other" }],
  ["made long before we asked", { createdAt: "2026-01-01T11:00:00Z" }],
])("%s: not ours", async (_what, change) => {
  expect(await findImages(listing({ ...ours, ...change }), "our-project", entry)).toEqual([]);
});
