// GET /v1/versions
import { versionLine, versionsQuery } from "../image-list.ts";
import { imageExample } from "../image-representation.ts";
import { defineOperation } from "../operation.ts";

export const listVersions = defineOperation({
  id: "list-versions",
  method: "GET",
  path: "/v1/versions",
  tag: "Images",
  summary: "The versions of an image with their change logs, and which is the latest",
  description:
    "Images of one name that one project had made here form a line. `latest` is the id of one of them, always the same until somebody changes the line: of those that are " +
    "active and not hidden the one published last, and of two published in the same moment the one with the greater id. While a new version is being made " +
    "the old one stays the latest; where the latest is hidden, deactivated or deleted, the one before it is. Of another project's line " +
    "the versions count that the caller may see.",
  caller: "token",
  query: versionsQuery,
  answers: {
    200: {
      description: "The line, the version published last first, hidden ones included",
      schema: versionLine,
      example: {
        name: "Trinity 2.15 for class",
        owner: imageExample.owner,
        latest: imageExample.id,
        versions: [imageExample],
        complete: true,
      },
    },
  },
  problems: [404],
  examples: { query: { name: "Trinity 2.15 for class" } },
});
