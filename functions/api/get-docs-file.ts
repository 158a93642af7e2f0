// GET /docs/{file}: what the page at /docs loads. Zipped, for it is 1.9 MB otherwise and Lambda answers 6 MB at most.
import { gunzipSync } from "node:zlib";
import { getDocsFile } from "../../events/operations/get-docs-file.ts";
import { openEndpoint } from "../../lib/http/endpoint.ts";
import { notFound } from "../../lib/http/http-problem.ts";
import { referenceFile } from "../../lib/reference/files.ts";

export const handler = openEndpoint(getDocsFile, async ({ params, header }) => {
  const file = referenceFile(params.file);
  if (!file) throw notFound("file of the reference");
  const headers = {
    "content-type": file.contentType,
    // The same for everybody until the next version of Darkroom.
    "cache-control": "public, max-age=3600",
    vary: "accept-encoding",
  };
  if (/\bgzip\b/i.test(header("accept-encoding") ?? "")) {
    return {
      statusCode: 200,
      headers: { ...headers, "content-encoding": "gzip" },
      body: file.zipped,
      isBase64Encoded: true,
    };
  }
  return { statusCode: 200, headers, body: gunzipSync(Buffer.from(file.zipped, "base64")).toString("utf8") };
});
