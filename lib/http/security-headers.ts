// What every answer carries, so that a browser does nothing with it but what was meant.

const oneYearS = 31_536_000;

/**
 * `host`: the name that was called, with or without a port. An answer of its own kind (the reference at /docs) brings its own
 * `content-security-policy` and `cache-control` and keeps them.
 */
export function securityHeaders(host: string | undefined): Record<string, string> {
  return {
    // Answers speak of one caller's things at one moment: nobody may keep them.
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    // Where nothing but this machine calls, there is no TLS to insist on.
    ...(!isLoopback(host) && { "strict-transport-security": `max-age=${oneYearS}` }),
  };
}

function isLoopback(host = "localhost"): boolean {
  const name = host.replace(/:\d+$/, "").replace(/^\[(.*)\]$/, "$1");
  return name === "localhost" || name.endsWith(".localhost") || name === "::1" || /^127(\.\d{1,3}){3}$/.test(name);
}
