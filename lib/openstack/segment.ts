// One segment of a path, made of an id that may come from anywhere.
import { OpenStackFault } from "./faults.ts";
import type { ServiceName } from "./options.ts";

/**
 * An empty id would name the whole collection, and `..` the one above it, however it is escaped (WHATWG URL, "double-dot URL path segment"): DELETE on either
 * answers 404, which would pass for "it is gone".
 * @throws OpenStackFault `badRequest`.
 */
export function segment(service: ServiceName, id: string): string {
  if (id !== "" && id !== "." && id !== ".." && id.length <= 255) return encodeURIComponent(id);
  throw new OpenStackFault({
    kind: "badRequest",
    service,
    method: "GET",
    path: "/",
    detail: `${JSON.stringify(id.slice(0, 40))} can be nobody's id`,
  });
}
