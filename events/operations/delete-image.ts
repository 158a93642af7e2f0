// DELETE /v1/images/{id}
import { imageExample } from "../image-representation.ts";
import { defineOperation } from "../operation.ts";

export const deleteImage = defineOperation({
  id: "delete-image",
  method: "DELETE",
  path: "/v1/images/{id}",
  tag: "Images",
  summary: "Delete an image of one's own project",
  description:
    "For good; a question whether it shall be public goes with it. Not where it is protected, where a request is still at work with it, where a shelved server may have no other disk, or where the cloud's store needs it.",
  caller: "token",
  headers: { "if-match": "The ETag of the image as it was read" },
  answers: { 204: { description: "It is gone" } },
  problems: [404, 409, 412],
  examples: { params: { id: imageExample.id } },
});
