// GET /v1/images
import * as z from "zod";
import { imageListQuery } from "../image-list.ts";
import { imageExample, imageRepresentation } from "../image-representation.ts";
import { defineOperation } from "../operation.ts";

export const listImages = defineOperation({
  id: "list-images",
  method: "GET",
  path: "/v1/images",
  tag: "Images",
  summary: "Images that the caller may see, newest first",
  description:
    "Straight from the cloud's catalogue, with the caller's own rights. `text` is looked for in name, description and tags, whatever the case; since the cloud " +
    "cannot search so, one call looks at no more than 400 images: a page may be short, even empty, and yet have a `next`. Hidden images are listed only by " +
    "`hidden=true`, apart. What others share with the project and it has not answered yet stands under /v1/invitations.",
  caller: "token",
  query: imageListQuery,
  answers: {
    200: {
      description:
        "A page, without the long lists of each image's provenance; `next` is the `cursor` of the one after it, null on the last",
      schema: z.strictObject({ images: z.array(imageRepresentation), next: z.string().nullable() }),
      example: { images: [imageExample], next: null },
    },
  },
  examples: { query: { scope: "community", text: "trinity", tag: "rna-seq", limit: "10" } },
});
