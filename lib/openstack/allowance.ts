// How much of something a project may have and has. What a cloud does not tell is "unknown", never "enough".
import * as z from "zod";

export interface Allowance {
  limit: number | "unlimited" | "unknown";
  used: number | "unknown";
}

/** Of numbers as OpenStack gives them: a negative limit means none (Nova and oslo.limit write -1). */
export function allowance(limit: number | undefined, used: number | undefined): Allowance {
  return { limit: limit === undefined ? "unknown" : limit < 0 ? "unlimited" : limit, used: used ?? "unknown" };
}

export const amount = z.number().optional();
