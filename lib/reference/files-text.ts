// The files of Swagger UI that the reference needs, zipped. In a bundle they stand as they were when it was made: infra/aws/bundle.ts evaluates this file.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { constants, gzipSync } from "node:zlib";

const { resolve } = createRequire(import.meta.url);
const zipped = (name: string) =>
  gzipSync(readFileSync(resolve(`swagger-ui-dist/${name}`)), { level: constants.Z_BEST_COMPRESSION }).toString(
    "base64",
  );

/** By name; gzip in base64, as functions answer bytes. */
export const filesText = {
  "swagger-ui-bundle.js": zipped("swagger-ui-bundle.js"),
  "swagger-ui.css": zipped("swagger-ui.css"),
};
