// One thing that stands in the way of a request, or that is good to know before.
import type { Allowance } from "../openstack/index.ts";

/** `obstacle`: it cannot be done so. `unknown`: the cloud does not tell, so it may fail. `hint`: good to know. */
export interface Obstacle {
  readonly level: "obstacle" | "unknown" | "hint";
  /** Stable for machines. */
  readonly code: string;
  /** The field of the request that it concerns. */
  readonly field?: string;
  readonly detail: string;
  readonly remedy: string;
  /** It may pass by itself within a minute or two. */
  readonly passing?: true;
}

export function obstacle(code: string, detail: string, more: { field?: string; remedy: string }): Obstacle {
  return { level: "obstacle", code, detail, ...more };
}

export function hint(code: string, detail: string, remedy: string): Obstacle {
  return { level: "hint", code, detail, remedy };
}

/** Undefined where there is no limit, or the cloud does not tell. */
export function free({ limit, used }: Allowance): number | undefined {
  return typeof limit === "number" && typeof used === "number" ? limit - used : undefined;
}
