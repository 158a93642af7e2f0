// What may be shown of a call, in reports, faults and logs: a trust's id is half of somebody's authority, and stays inside.

/** A path without the id of a trust. */
export function shownPath(path: string): string {
  return path.replace(/(\/OS-TRUST\/trusts\/)[^/?]+/g, "$1[trust]");
}

/** The same of a cloud's words. Keystone names the trust that it does not find (keystone/trust/core.py: `Could not find trust: ID.`); ids are 32 hex digits. */
export function withoutTrusts(words: string): string {
  return shownPath(words).replace(/\b(trusts?:? )[0-9a-f]{32}\b/gi, "$1[trust]");
}
