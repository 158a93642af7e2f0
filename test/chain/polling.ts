// Which calls to a cloud count: polling is left out.

/** A GET that was made before, of the same thing, with no other call between the two, is polling. */
export function callsBesidePolling(calls: readonly { method: string; path: string; action?: string }[]): string[] {
  const names = calls.map(({ method, path, action }) => `${method} ${path}${action ? ` ${action}` : ""}`);
  const counted: string[] = [];
  let sinceLastAct = new Set<string>();
  for (const name of names) {
    if (!name.startsWith("GET ")) sinceLastAct = new Set();
    if (sinceLastAct.has(name)) continue;
    sinceLastAct.add(name);
    counted.push(name);
  }
  return counted;
}
