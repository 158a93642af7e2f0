// The code and the words of an error that may come from anywhere: Node's own errors need not be of this module's realm, so `instanceof` would miss them.

/** `ENOENT`, `UND_ERR_SOCKET`, …; empty where there is none. */
export function errorCode(error: unknown): string {
  return textOf(error, "code");
}

export function errorWords(error: unknown): string {
  return textOf(error, "message");
}

function textOf(error: unknown, key: "code" | "message"): string {
  if (typeof error !== "object" || error === null || !(key in error)) return "";
  const value = (error as Record<typeof key, unknown>)[key];
  return typeof value === "string" ? value : "";
}
