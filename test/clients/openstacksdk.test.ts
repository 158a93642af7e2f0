// openstacksdk takes the simulated cloud for a real one: the life of an image between two projects, in one process.
import { startClients } from "./clients.ts";

test("servers, snapshots, images, members, volumes: what it finds, and as which errors refusals reach it", async () => {
  await using clients = await startClients();
  const found = (await clients.python("openstacksdk.py")) as Record<string, unknown>;
  const says = (text: string) => expect.stringContaining(text);
  expect(found).toEqual({
    servers: expect.arrayContaining(["analysis-1", "stopped-1"]),
    server: ["SHUTOFF", "m1.small", false],
    "start while locked": ["ConflictException", 409, says("is locked")],
    started: "ACTIVE",
    stopped: "SHUTOFF",
    "no such server": ["ResourceNotFound", 404, says("could not be found")],
    snapshot: ["active", 2 ** 20, "private", "snapshot"],
    "sha512 is true": true,
    qcow2: true,
    uploaded: ["active", 2 ** 20, 20 * 2 ** 30, "virtio"],
    changed: ["sdk-renamed", "shared", ["teaching"]],
    member: "pending",
    "added twice": ["ConflictException", 409, says("is duplicated")],
    "accepted by the owner": ["HttpException", 403, says("Not allowed to update members")],
    "listed before and after": [false, true],
    // The client asks for a change with an empty Accept, is answered in plain text, and makes no more of it than this; the same on a real cloud.
    "made public": ["HttpException", 403, "Forbidden"],
    "deleted by a member": ["HttpException", 403, says("You do not own this image")],
    "booted by a member": "ACTIVE",
    "no room for it": says("disk is too small for requested image."),
    volumes: { spare: "available", "survey-data": "in-use", "volume-backed-1-root": "in-use" },
    "snapshot without force": ["BadRequestException", 400, says("status must be available")],
    "of a volume": [355 * 2 ** 20, 20 * 2 ** 30, "debian"],
    "too many gigabytes": ["HttpException", 413, says("VolumeSizeExceedsAvailableQuota")],
    "volume-backed": ["active", 0],
    "its snapshot": "snapshot for sdk-empty",
    "booted elsewhere": ["BadRequestException", 400, says("failed to get snapshot")],
    "its snapshot stays": true,
    left: [],
    services: ["compute", "identity", "image", "volumev3"],
  });
});
