// What a person asks for: the body of POST /v1/image-requests and of POST /v1/preflights.
import * as z from "zod";
import { distinct, guestPath, line, paragraph, uuid } from "./text.ts";

const versionName = line(60).refine(
  (name) => name.toLowerCase() !== "latest",
  "must not be latest: that means the newest",
);

/** Unknown fields are refused; every wrong field is named. Bounds follow Glance's default quotas (128 tags, 128 members). */
export const imageRequestBody = z.strictObject({
  provider: line(64)
    .optional()
    .describe("The cloud and region; may be left out where Darkroom-Provider says it, or only one is configured"),
  serverId: uuid.describe("The server to make an image of, by Nova's id"),
  name: line(30).describe("Of the image; no other image of the project may have it"),
  description: paragraph(4000).describe("For whoever uses the image").default(""),
  tags: distinct(line(60), 50).describe("To find it by").default([]),
  visibility: z.enum(["private", "shared", "community", "public"]).default("private"),
  share: z
    .strictObject({
      projects: distinct(line(64), 128).default([]),
      users: distinct(line(255), 128).default([]),
    })
    .default({ projects: [], users: [] }),
  targets: distinct(line(64), 10).describe("Other providers on which the image shall stand too").default([]),
  installedSoftware: z
    .array(z.strictObject({ name: line(120), path: guestPath.optional() }))
    .max(100, "must have at most 100 entries")
    .default([]),
  systemFiles: z
    .array(z.strictObject({ path: guestPath, change: paragraph(1000), reason: paragraph(1000) }))
    .max(50, "must have at most 50 entries")
    .default([]),
  keepPaths: z
    .array(z.strictObject({ path: guestPath, reason: paragraph(1000) }))
    .max(50, "must have at most 50 entries")
    .default([]),
  excludePaths: distinct(guestPath, 500).describe("What is to be deleted from the image").default([]),
  acknowledgedSecrets: distinct(guestPath, 500).describe("Secrets that may stay: they are known of").default([]),
  licenseAcknowledged: z.literal(true, "must be true: no licence-restricted software may be in the image"),
  consistency: z
    .enum(["stop", "live"])
    .describe("stop: the server is stopped for the snapshot and started again. live: it is imaged as it runs")
    .default("stop"),
  preparation: z
    .enum(["clean", "as-is"])
    .describe("clean: everything of the owner is removed. as-is: the disk as it stands; only while it stays private")
    .default("clean"),
  review: z
    .boolean()
    .describe("The requester wants to boot and try the private image before it is published and the snapshot goes")
    .default(false),
  /** Where the project has an image of this name, made here, this becomes the next version of it. `latest` is the name of none: it means the newest. */
  version: z.strictObject({ name: versionName, changeLog: paragraph(4000).default("") }).optional(),
  contact: z.strictObject({ email: z.email("must be an e-mail address").max(254) }).optional(),
});

export type ImageRequestBody = z.output<typeof imageRequestBody>;

export const imageRequestExample = {
  serverId: "11111111-1111-4111-8111-111111111111",
  name: "Trinity 2.15 for class",
  description: "De novo transcript assembly with Trinity 2.15, for the autumn workshop.",
  tags: ["rna-seq", "workshop"],
  visibility: "private",
  installedSoftware: [{ name: "Trinity 2.15", path: "/opt/trinity" }],
  licenseAcknowledged: true,
  version: { name: "1.0", changeLog: "first" },
} satisfies z.input<typeof imageRequestBody>;
