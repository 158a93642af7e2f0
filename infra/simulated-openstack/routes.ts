// A service's table of routes: method and pattern to handler.

/** `{name}` in a pattern stands for one segment of the path. */
export type Route<Handler> = readonly [method: string, pattern: string, handler: Handler];

export type Found<Handler> =
  | { kind: "handler"; handler: Handler; parameters: Record<string, string> }
  | { kind: "wrongMethod"; allowed: string[] }
  | { kind: "noSuchPath" };

/** The first route that fits; a slash at the end of the path counts for nothing. */
export function findRoute<Handler>(routes: readonly Route<Handler>[], method: string, path: string): Found<Handler> {
  const segments = split(path);
  const allowed: string[] = [];
  for (const [routeMethod, pattern, handler] of routes) {
    const parameters = match(split(pattern), segments);
    if (!parameters) continue;
    if (routeMethod === method) return { kind: "handler", handler, parameters };
    allowed.push(routeMethod);
  }
  return allowed.length > 0 ? { kind: "wrongMethod", allowed } : { kind: "noSuchPath" };
}

const split = (path: string): string[] => path.split("/").filter((segment) => segment !== "");

function match(pattern: string[], segments: string[]): Record<string, string> | undefined {
  if (pattern.length !== segments.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [index, expected] of pattern.entries()) {
    const given = segments[index] ?? "";
    if (expected.startsWith("{")) parameters[expected.slice(1, -1)] = decode(given);
    else if (expected !== given) return undefined;
  }
  return parameters;
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
