// Names of people in sentences of ours.

/** Stands where a name stood. */
export const erasedName = "(erased)";

/** The text without the name, where it stands as a word of its own: `ann` is not in `annual`. */
export function withoutName(text: string, name: string): string {
  // No others: with `u` every escape that is not needed is an error, a dash's too.
  const literal = name.replaceAll(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
  return text.replaceAll(new RegExp(`(?<![\\p{L}\\p{N}_])${literal}(?![\\p{L}\\p{N}_])`, "gu"), erasedName);
}
