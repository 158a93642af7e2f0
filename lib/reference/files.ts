// What the page at /docs loads: all of it from here, nothing from another host.
import { gzipSync } from "node:zlib";
import { filesText } from "./files-text.ts";

export interface ReferenceFile {
  readonly contentType: string;
  /** gzip, in base64. */
  readonly zipped: string;
}

/** Undefined: there is no such file. */
export function referenceFile(name: string): ReferenceFile | undefined {
  return files.get(name);
}

const start = `SwaggerUIBundle({
  url: "/v1/openapi.json",
  dom_id: "#reference",
  deepLinking: true,
  validatorUrl: null,
  presets: [SwaggerUIBundle.presets.apis],
});
`;

const style =
  "body { margin: 0; background: #fafafa; } html { box-sizing: border-box; } *, *::before, *::after { box-sizing: inherit; }\n";

const javascript = "text/javascript; charset=utf-8";
const css = "text/css; charset=utf-8";

/** A Map: no name that a stranger makes up finds anything else. */
const files = new Map<string, ReferenceFile>([
  ["swagger-ui-bundle.js", { contentType: javascript, zipped: filesText["swagger-ui-bundle.js"] }],
  ["swagger-ui.css", { contentType: css, zipped: filesText["swagger-ui.css"] }],
  ["start.js", { contentType: javascript, zipped: gzipSync(start).toString("base64") }],
  ["page.css", { contentType: css, zipped: gzipSync(style).toString("base64") }],
]);
