// A server of the caller's project, with what stands in the way of imaging it.
import * as z from "zod";
import { obstacle } from "./obstacle.ts";

export const serverListQuery = z.strictObject({
  /** As of a request: what stands in the way of a server that is to be imaged as it runs is less. */
  consistency: z.enum(["stop", "live"]).default("stop"),
  limit: z.coerce.number("must be a number").int("must be a whole number").min(1).max(100).default(25),
  /** `next` of the page before, as it was given. */
  cursor: z.string().min(1).max(500).optional(),
});

export const serverRepresentation = z
  .strictObject({
    id: z.string(),
    /** Null, as the rest, of a server of which the cloud can tell nothing now. */
    name: z.string().nullable(),
    /** Nova's: `ACTIVE`, `SHUTOFF`, …; `UNKNOWN`: its cell does not answer. */
    status: z.string(),
    /** What is being done to it. */
    taskState: z.string().nullable(),
    locked: z.boolean().nullable(),
    /** What it was booted from; null for a volume. */
    imageId: z.string().nullable(),
    flavor: z.strictObject({ name: z.string(), vcpus: z.number(), ramMib: z.number(), diskGib: z.number() }).nullable(),
    createdAt: z.string().nullable(),
    /** The request that is under way for it. */
    requestId: z.string().nullable(),
    /** Nothing of what shows in a list stands in the way; a preflight looks deeper. */
    ready: z.boolean(),
    obstacles: z.array(obstacle),
  })
  .meta({ id: "Server" });

export type ServerRepresentation = z.output<typeof serverRepresentation>;

export const serverExample = {
  id: "11111111-1111-4111-8111-111111111111",
  name: "assembly-1",
  status: "PAUSED",
  taskState: null,
  locked: false,
  imageId: "22222222-2222-4222-8222-222222222222",
  flavor: { name: "m3.small", vcpus: 2, ramMib: 6144, diskGib: 20 },
  createdAt: "2026-11-01T08:00:00.000Z",
  requestId: null,
  ready: false,
  obstacles: [
    {
      level: "obstacle",
      code: "wrong-state",
      field: "serverId",
      detail: "assembly-1 is PAUSED; it must be ACTIVE or SHUTOFF.",
      remedy: "Unpause it, or ask with consistency live.",
    },
  ],
} satisfies z.input<typeof serverRepresentation>;
