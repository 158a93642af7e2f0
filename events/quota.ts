// What a project may have and has, and what imaging one of its servers would need.
import * as z from "zod";
import { obstacle } from "./obstacle.ts";
import { uuid } from "./text.ts";

export const quotaQuery = z.strictObject({
  /** What an image of this server would need. */
  serverId: uuid.optional(),
  /** How: cleaning needs a second image and a temporary server for a while. */
  preparation: z.enum(["clean", "as-is"]).default("clean"),
});

const number = z.union([z.number(), z.literal("unknown")]);
const bound = z.union([z.number(), z.literal("unknown"), z.literal("unlimited")]);

/** What the cloud does not tell is `unknown`, never enough. */
const line = z.strictObject({ used: number, limit: bound, free: bound });

export const quota = z
  .strictObject({
    images: line,
    /** Where the cloud does not tell, `used` is the sum of the project's images. */
    imageBytes: line,
    /** Those of the images that are snapshots of servers; they count among the images. */
    snapshots: z.strictObject({ used: number }),
    servers: line,
    vcpus: line,
    ramMib: line,
    needs: z
      .strictObject({
        server: z.strictObject({ id: z.string(), name: z.string() }),
        preparation: z.enum(["clean", "as-is"]),
        /** At the peak, beside what is there. */
        images: z.int(),
        /** At most: as if the disk were full. */
        imageBytes: z.number(),
        servers: z.int(),
        vcpus: z.int(),
        ramMib: z.int(),
        /** Of the temporary server; null: none is needed, or none fits. */
        flavor: z.string().nullable(),
        enough: z.enum(["yes", "no", "unknown"]),
        obstacles: z.array(obstacle),
      })
      .nullable(),
  })
  .meta({ id: "Quota" });

export type Quota = z.output<typeof quota>;

export const quotaExample = {
  images: { used: 7, limit: 20, free: 13 },
  imageBytes: { used: 20_401_094_656, limit: "unknown", free: "unknown" },
  snapshots: { used: 3 },
  servers: { used: 4, limit: 10, free: 6 },
  vcpus: { used: 9, limit: "unlimited", free: "unlimited" },
  ramMib: { used: 20_480, limit: 65_536, free: 45_056 },
  needs: {
    server: { id: "11111111-1111-4111-8111-111111111111", name: "assembly-1" },
    preparation: "clean",
    images: 2,
    imageBytes: 42_949_672_960,
    servers: 1,
    vcpus: 2,
    ramMib: 6144,
    flavor: "m3.small",
    enough: "unknown",
    obstacles: [
      {
        level: "unknown",
        code: "quota-unknown",
        detail: "This cloud does not tell how many images, and how large, the project may have.",
        remedy: "If the request fails for lack of quota, ask for more.",
      },
    ],
  },
} satisfies z.input<typeof quota>;
