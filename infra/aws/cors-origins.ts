// Which pages may call from a browser: one setting, DARKROOM_CORS_ORIGINS, read from serverless.yml by osls and by the local host alike.

/**
 * `listed`: what stands in serverless.yml, origins with commas between. Throws an Error for what is no exact origin: a `*` would let any page
 * that somebody visits call with a token that it got out of them.
 */
export function corsOrigins(listed: readonly string[]): string[] {
  const origins = listed
    .flatMap((text) => text.split(","))
    .map((text) => text.trim())
    .filter((text) => text !== "");
  for (const origin of origins) {
    const parsed = URL.parse(origin);
    if (parsed?.origin !== origin || origin.includes("*") || !/^https?:$/.test(parsed.protocol))
      throw new Error(`DARKROOM_CORS_ORIGINS: ${origin} is no origin; one is https://portal.example.org, say`);
  }
  return [...new Set(origins)];
}
