// One thing that stands in the way of a request, or that is good to know before.
import * as z from "zod";

export const obstacle = z
  .strictObject({
    /** `obstacle`: it cannot be done so. `unknown`: the cloud does not tell, so it may fail. `hint`: good to know. */
    level: z.enum(["obstacle", "unknown", "hint"]),
    code: z.string(),
    field: z.string().optional(),
    detail: z.string(),
    remedy: z.string(),
    /** It may pass by itself within a minute or two. */
    passing: z.literal(true).optional(),
  })
  .meta({ id: "Obstacle" });
