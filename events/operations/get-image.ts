// GET /v1/images/{id}
import { imageExample, imageRepresentation } from "../image-representation.ts";
import { defineOperation } from "../operation.ts";

export const getImage = defineOperation({
  id: "get-image",
  method: "GET",
  path: "/v1/images/{id}",
  tag: "Images",
  summary: "An image, with its provenance",
  description: "The `ETag` is for `If-Match` of a change.",
  caller: "token",
  answers: {
    200: {
      description: "The image",
      schema: imageRepresentation,
      example: {
        ...imageExample,
        provenance: {
          ...imageExample.provenance,
          installedSoftware: [{ name: "Trinity 2.15", path: "/opt/trinity" }],
          systemFiles: [],
          keptPaths: [],
          packages: ["adduser 3.134", "apt 2.6.1"],
        },
      },
    },
  },
  problems: [404],
  examples: { params: { id: imageExample.id } },
});
