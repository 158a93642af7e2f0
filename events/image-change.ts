// What an image's owner changes on it.
import * as z from "zod";
import { visibility } from "./image-representation.ts";
import { distinct, line, paragraph } from "./text.ts";

/** PATCH /v1/images/{id}. What is left out stays as it is. */
export const imageChange = z
  .strictObject({
    /** Free in the project; of a version: free in the line of that name. Bounds as of a request's. */
    name: line(30).optional(),
    description: paragraph(4000).optional(),
    addTags: distinct(line(60), 50).optional(),
    /** As they are written; one that the image does not have is no mistake. */
    removeTags: distinct(z.string().min(1).max(255), 128).optional(),
    /** `public` is staff's to give. */
    visibility: visibility.optional(),
    /** True: it cannot be deleted, by nobody, until this is taken back. */
    protected: z.boolean().optional(),
    /** After that it is cleaned up, with a warning before. ISO, UTC; null takes the date away. */
    expiresAt: z.iso
      .datetime("must be a time in UTC like 2027-03-31T00:00:00Z")
      .transform((time) => new Date(time).toISOString())
      .nullable()
      .optional(),
  })
  .refine((change) => Object.values(change).some((value) => value !== undefined), "must change something")
  .refine(({ addTags = [], removeTags = [] }) => !addTags.some((tag) => removeTags.includes(tag)), {
    path: ["removeTags"],
    message: "must not name a tag that is to be added",
  });

export type ImageChange = z.output<typeof imageChange>;

export const imageChangeExample = {
  description: "Trinity 2.15, for the spring workshop.",
  addTags: ["spring"],
  removeTags: ["autumn"],
  expiresAt: "2027-09-30T00:00:00Z",
} satisfies z.input<typeof imageChange>;
