// DELETE /v1/images/{id}/publicity
import { defineOperation } from "../operation.ts";
import { publicityExample } from "../sharing.ts";

export const withdrawPublicity = defineOperation({
  id: "withdraw-publicity",
  method: "DELETE",
  path: "/v1/images/{id}/publicity",
  tag: "Sharing",
  summary: "Ask no longer for an image to be public",
  description: "As long as nobody has decided. An image that is public is taken back by changing its visibility.",
  caller: "token",
  answers: { 204: { description: "Withdrawn" } },
  problems: [404, 409],
  examples: { params: { id: publicityExample.image.id } },
});
