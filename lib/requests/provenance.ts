// Lists in an image's provenance: JSON in a property of Glance, within what Glance can keep.

/** Glance keeps a property in a TEXT column and fails with 500 on more than 65,535 bytes (measured on Zed). */
export const maxListBytes = 60_000;

/** JSON in ASCII: a path may hold characters that Glance refuses. Undefined for an empty list, so that no property is written. */
export function provenanceList(values: readonly unknown[]): string | undefined {
  if (values.length === 0) return undefined;
  return JSON.stringify(values).replaceAll(
    /[^\x20-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
