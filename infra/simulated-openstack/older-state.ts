// A state that a former version wrote, brought up to what this one reads.
import { isObject, stringAt } from "./bodies.ts";
import type { Contents } from "./image/contents.ts";
import { type CloudState, emptyState } from "./state.ts";

/** Version 1 knew volumes only by name, size and owner, and kept uploaded bytes as base64 in the state. Throws for versions that are not known. */
export function broughtUpToDate(document: unknown, contents: Contents): CloudState {
  const version = isObject(document) ? document.schemaVersion : undefined;
  if (!isObject(document) || (version !== 1 && version !== 2)) throw new Error(`schemaVersion is ${version}, not 2`);
  const empty = emptyState(stringAt(document, "signingKey") ?? "");
  const state = { ...empty, ...document, schemaVersion: 2 } as CloudState;
  if (version === 2) return state;
  for (const [id, known] of Object.entries(state.volumes)) {
    const imageId = stringAt(known, "imageId");
    state.volumes[id] = Object.assign(
      {
        description: null,
        userId: "",
        status: "available",
        metadata: {},
        snapshotId: null,
        imageMetadata: imageId === undefined ? null : { image_id: imageId },
        usedBytes: 0,
        createdAt: 0,
        updatedAt: null,
        sequence: 0,
      },
      known,
    );
  }
  for (const image of Object.values(state.images)) {
    const base64: string | null = image.content;
    if (base64 === null) continue;
    contents.put(image.id, Buffer.from(base64, "base64"));
    image.content = "uploaded";
  }
  return state;
}
