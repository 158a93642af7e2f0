// Where a list of the cloud goes on: its own marker, opaque to callers. It is never trusted: the cloud looks for the thing with the caller's own rights.
import { OpenStackFault } from "../openstack/index.ts";
import { invalid } from "./http-problem.ts";

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export function encodeCursor(marker: string): string {
  return Buffer.from(JSON.stringify([1, marker])).toString("base64url");
}

/** Throws 422 for what was not given out here. */
export function decodeCursor(cursor: string | undefined): string | undefined {
  if (cursor === undefined) return undefined;
  try {
    const [form, marker, ...rest] = JSON.parse(Buffer.from(cursor, "base64url").toString()) as unknown[];
    if (form === 1 && typeof marker === "string" && uuid.test(marker) && rest.length === 0) return marker;
  } catch {
    // falls through to the refusal
  }
  throw strangeCursor();
}

/** 422: nobody gave this cursor out here. */
export function strangeCursor() {
  return badCursor("is none that was given out here");
}

/** What the cloud says to a marker that it does not find, in the caller's terms; other faults as they are. */
export function refuseLostMarker(fault: unknown, marker: string | undefined): never {
  if (marker !== undefined && fault instanceof OpenStackFault && ["badRequest", "notFound"].includes(fault.kind))
    throw badCursor("leads nowhere any more: what the page before ended with is gone. Begin with the first page");
  throw fault;
}

function badCursor(detail: string) {
  return invalid([{ field: "cursor", detail }], "query");
}
