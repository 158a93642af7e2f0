// PATCH /v2/images/{id}: a list of changes, all of them or none.
import { isObject, own, parseJson } from "../bodies.ts";
import type { Answer } from "../http.ts";
import {
  checkQuotas,
  checkUnprotected,
  checkVisibility,
  checkWritable,
  coreNames,
  setAttribute,
} from "./attributes.ts";
import { type ImageCall, type ImageRoute, ownImageOf } from "./call.ts";
import { imageView } from "./image-view.ts";
import type { ImageRecord } from "./records.ts";
import { denied, ImageRefusal, missingProperty, refuse } from "./refusals.ts";

export const patchRoutes: ImageRoute[] = [["PATCH", "/v2/images/{imageId}", patchImage]];

type Operation = { op: "add" | "replace" | "remove"; name: string; value?: unknown };

const mediaTypes = [
  "application/openstack-images-v2.0-json-patch",
  "application/openstack-images-v2.1-json-patch",
] as const;

/** 415 without one of Glance's own media types. What is wrong with a change itself is found before the image is looked for, who may make it after. */
function patchImage(call: ImageCall): Answer {
  const operations = operationsOf(call);
  const image = ownImageOf(call);
  const changed = structuredClone(image);
  for (const operation of operations) apply(call, image, changed, operation);
  checkQuotas(call, changed);
  if (operations.length > 0) changed.updatedAt = call.core.now();
  Object.assign(image, changed);
  return { status: 200, json: imageView(image) };
}

function operationsOf({ request }: ImageCall): Operation[] {
  const [type = ""] = (request.headers["content-type"] ?? "").split(";");
  const [oldForm, newForm] = mediaTypes;
  if (type !== oldForm && type !== newForm) throw unsupportedType(type);
  const body = parseJson(request.bytes);
  if (body === undefined) throw refuse(400, "Malformed JSON in request body.");
  if (!Array.isArray(body)) throw refuse(400, "Request body must be a JSON array of operation objects.");
  return body.map((one) => {
    if (!isObject(one)) throw refuse(400, "Operations must be JSON objects.");
    const { op, path } = type === newForm ? newStyle(one) : oldStyle(one);
    const name = nameFrom(path);
    checkWritable(name, { creating: false });
    if (op === "remove") return { op, name };
    if (!("value" in one)) throw refuse(400, `Operation "${op}" requires a member named "value".`);
    return { op, name, value: one.value };
  });
}

const operators = ["add", "remove", "replace"] as const;

function newStyle(one: Record<string, unknown>): { op: Operation["op"]; path: string } {
  if (one.op === undefined)
    throw refuse(
      400,
      "Unable to find `op` in JSON Schema change. It must be one of the following: add, remove, replace.",
    );
  const op = operators.find((known) => known === one.op);
  if (!op)
    throw refuse(
      400,
      `Invalid operation: \`${String(one.op)}\`. It must be one of the following: add, remove, replace.`,
    );
  if (typeof one.path !== "string") throw refuse(400, "Unable to find `path` in JSON Schema change.");
  return { op, path: one.path };
}

/** `{"replace": "/name", "value": "x"}`. */
function oldStyle(one: Record<string, unknown>): { op: Operation["op"]; path: string } {
  const present = operators.filter((op) => op in one);
  const [op] = present;
  if (op === undefined || present.length > 1) {
    throw refuse(400, 'Operation objects must contain exactly one member named "add", "remove", or "replace".');
  }
  return { op, path: String(one[op]) };
}

/** A JSON pointer to one attribute: `~1` is a slash, `~0` a tilde. Deeper ones, `/tags/-` too, are refused. */
function nameFrom(pointer: string): string {
  if (!pointer.startsWith("/")) throw refuse(400, `Pointer \`${pointer}\` does not start with "/".`);
  const [name = "", ...deeper] = pointer.slice(1).split("/");
  if (name === "" || deeper.length > 0 || name === "locations")
    throw refuse(400, `Invalid JSON pointer for this resource: '${pointer}'`);
  return name.replaceAll("~1", "/").replaceAll("~0", "~");
}

/** `before` is the image as it was, `changed` as the earlier changes of the list have made it. */
function apply(call: ImageCall, before: ImageRecord, changed: ImageRecord, { op, name, value }: Operation): void {
  const { viewer } = call;
  checkUnprotected(call, name);
  const isCore = coreNames.has(name);
  if (op === "remove") {
    if (isCore) throw denied(`Property ${name} may not be removed.`);
    if (own(changed.properties, name) === undefined) throw missingProperty(name);
    delete changed.properties[name];
    return;
  }
  if (op === "replace" && !isCore && own(changed.properties, name) === undefined) throw missingProperty(name);
  checkStorable(name, value);
  setAttribute(changed, name, value);
  if (name === "owner" && !viewer.isAdmin) {
    throw op === "add"
      ? refuse(403, `Forbidding request, image ${before.id} not visible`)
      : denied("Owner can't be updated by non admin.");
  }
  if (name === "visibility") checkVisibility(call, value);
  if ((name === "disk_format" || name === "container_format") && before.status !== "queued") {
    throw denied(`Attribute ${name} can be only replaced for a queued image.`);
  }
}

/** Measured on Zed: Glance refuses what three bytes of UTF-8 cannot write, and fails on more than its TEXT column holds. */
function checkStorable(name: string, value: unknown): void {
  const texts = Array.isArray(value) ? value : [value];
  for (const text of texts) {
    if (typeof text !== "string") continue;
    if (/[\u{10000}-\u{10ffff}]/u.test(text)) {
      const what =
        name === "tags"
          ? "Param values can't contain 4 byte unicode."
          : `${capitalised(name)} can't contain 4 byte unicode characters.`;
      throw refuse(400, what);
    }
    if (Buffer.byteLength(text) > 65_535) {
      throw refuse(500, "The server has either erred or is incapable of performing the requested operation.");
    }
  }
}

function capitalised(name: string): string {
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}

const unsupportedType = (type: string): ImageRefusal =>
  new ImageRefusal(415, "", {
    text: `The request media type ${type} is not supported by this server.\n<br /><br />\n`,
    headers: { "Accept-Patch": mediaTypes.join(", ") },
  });
