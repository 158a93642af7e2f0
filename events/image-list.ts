// The queries about many images: which of them, and the versions of one.
import * as z from "zod";
import { imageRepresentation } from "./image-representation.ts";
import { line } from "./text.ts";

const flag = z.enum(["true", "false"]).transform((value) => value === "true");

/** Tags in a list with commas, or the parameter again and again, which API Gateway makes the same of. */
const tags = z
  .string()
  .max(2_000)
  .transform((list) => list.split(",").map((tag) => tag.trim()))
  .pipe(z.array(line(255)).max(10, "must name at most 10 tags"));

export const imageListQuery = z.strictObject({
  /** `mine`: the project's own. `shared-with-me`: those of others that the project accepted. `community`, `public`: everybody's. */
  scope: z.enum(["mine", "shared-with-me", "community", "public"]).default("mine"),
  name: line(255).optional(),
  /** Somewhere in name, description or a tag, whatever the case. */
  text: line(100).optional(),
  /** Has all of them; with commas between. */
  tag: tags.optional(),
  status: z.enum(["queued", "saving", "uploading", "importing", "active", "deactivated", "killed"]).optional(),
  /** The name of a version. Which one is the latest: /v1/versions. */
  version: line(60)
    .refine((name) => name.toLowerCase() !== "latest", "must name a version; /v1/versions says which is the latest")
    .optional(),
  /** `true`: only those that are hidden. Glance lists either these or the others. */
  hidden: flag.default(false),
  limit: z.coerce.number("must be a number").int("must be a whole number").min(1).max(100).default(25),
  /** `next` of the page before, as it was given. */
  cursor: z.string().min(1).max(500).optional(),
});

export type ImageListQuery = z.output<typeof imageListQuery>;

export const versionsQuery = z.strictObject({
  name: line(255),
  /** The project whose images; the caller's own where it is left out. */
  owner: line(64).optional(),
});

export const versionLine = z
  .strictObject({
    name: z.string(),
    owner: z.string(),
    /** The one that `latest` means: of those that are active and not hidden the one published last. Null: there is none. */
    latest: z.string().nullable(),
    /** Published last first. */
    versions: z.array(imageRepresentation),
    /** False: the line is longer than what is read of it. */
    complete: z.boolean(),
  })
  .meta({ id: "VersionLine" });
