// Why something was refused or went wrong: problem+json (RFC 9457).
import * as z from "zod";

export const problemShape = z
  .strictObject({
    /** Stable for machines: `urn:darkroom:problem:…`. */
    type: z.string(),
    title: z.string(),
    detail: z.string(),
    status: z.int().optional(),
    /** What to do about it. */
    remedy: z.string().optional(),
    /** Every wrong field. */
    errors: z.array(z.strictObject({ field: z.string(), detail: z.string() })).optional(),
    /** What the caller must choose from, where several things are meant. */
    choices: z.array(z.strictObject({ id: z.string(), name: z.string() })).optional(),
    /** The OpenStack service that said no, and its id of the call: for the operator. */
    service: z.string().optional(),
    openstackRequestId: z.string().optional(),
  })
  .meta({ id: "Problem" });

export const problemExample = {
  type: "urn:darkroom:problem:not-found",
  title: "Not found",
  detail: "There is no image request of this id for you.",
  status: 404,
} satisfies z.input<typeof problemShape>;
