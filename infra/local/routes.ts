// Which route answers a path: serverless.yml's routes, matched as API Gateway's HTTP APIs do.
import type { Route } from "./serverless-file.ts";

export type Matched<Routed> = Routed & { parameters: Record<string, string> };

/** All routes of this path, whatever their method; a segment that is written out goes before one that is `{named}`. */
export function routesOfPath<Routed extends { route: Route }>(routes: Routed[], path: string): Matched<Routed>[] {
  const matched = routes.flatMap((routed) => {
    const parameters = match(routed.route.path, path);
    return parameters ? [{ ...routed, parameters }] : [];
  });
  return matched.sort((left, right) => rank(left.route.path).localeCompare(rank(right.route.path)));
}

/** The values of `{id}` in a route's path; undefined where the path is another. */
function match(pattern: string, path: string): Record<string, string> | undefined {
  const wanted = pattern.split("/");
  const given = path.split("/");
  if (wanted.length !== given.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [at, part] of wanted.entries()) {
    const value = given[at] ?? "";
    const name = parameterName(part);
    if (name === undefined && part !== value) return undefined;
    if (name !== undefined && value === "") return undefined;
    if (name !== undefined) parameters[name] = decoded(value);
  }
  return parameters;
}

function parameterName(part: string): string | undefined {
  return /^\{(\w+)\}$/.exec(part)?.[1];
}

function rank(path: string): string {
  return path
    .split("/")
    .map((part) => (parameterName(part) === undefined ? "0" : "1"))
    .join("");
}

/** A broken escape stays as it was sent: the function does not know it. */
function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
