// PATCH /v1/images/{id}
import * as z from "zod";
import { imageChange, imageChangeExample } from "../image-change.ts";
import { imageExample, imageRepresentation } from "../image-representation.ts";
import { defineOperation } from "../operation.ts";

export const changeImage = defineOperation({
  id: "change-image",
  method: "PATCH",
  path: "/v1/images/{id}",
  tag: "Images",
  summary: "Change an image of one's own project",
  description:
    "All of it or nothing. Showing an image to more people than before is bound to the provider's policy, as with a request: what was not cleaned and proven stays private, " +
    "and what needs the yes of staff is refused here with the way to them. Showing it to fewer is always free. `If-Match` with the ETag of the image keeps one from " +
    "changing what one has not seen; the cloud itself knows no such condition, so that two changes in the same instant may both be made.",
  caller: "token",
  body: imageChange,
  headers: { "if-match": "The ETag of the image as it was read" },
  answers: {
    200: {
      description: "The image as it is now, and what is good to know about the change",
      schema: z.strictObject({ ...imageRepresentation.shape, notices: z.array(z.string()) }),
      example: { ...imageExample, notices: [] },
    },
  },
  problems: [404, 409, 412],
  examples: { params: { id: imageExample.id }, body: imageChangeExample },
});
