// What a portal or a CI sends to have an image made as it was configured: the values that the configuration lets it give.
import * as z from "zod";

/** Standard Webhooks' own shape, or any object; what the configuration does not name is passed over. */
export const portalCall = z.record(z.string(), z.unknown());

export type PortalCall = z.output<typeof portalCall>;

/** A value that may be given: it becomes part of a name, a tag or a description. */
export const givenValue = z
  .union([z.string(), z.number(), z.boolean()], "must be a text, a number or true or false")
  .transform(String)
  .refine((value) => value.trim() !== "" && value.length <= 120, "must have 1 to 120 characters")
  .refine((value) => !/[\p{Cc}{}]/u.test(value), "must not contain control characters or braces");

export const portalCallExample = {
  type: "build.succeeded",
  timestamp: "2026-11-23T09:00:00Z",
  data: { build: "142", branch: "main" },
} satisfies z.input<typeof portalCall>;
