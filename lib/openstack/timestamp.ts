// Dates in answers: every service writes them its own way, all mean UTC.
import * as z from "zod";

/**
 * An ISO date that ends in `Z`, with milliseconds, so that they compare as strings. Measured on Zed: Nova writes `2026-11-23T09:39:34Z` for `created` but
 * `2026-11-23T09:39:37.000000`, without a zone, for `OS-SRV-USG:launched_at` and in instance actions; Keystone `…32.000000Z`.
 */
export const timestamp = z.string().transform((written, context) => {
  const zoned = /(?:Z|[+-]\d\d:?\d\d)$/i.test(written) ? written : `${written}Z`;
  const ms = Date.parse(zoned);
  if (Number.isNaN(ms)) {
    context.addIssue({ code: "custom", message: "not a date" });
    return z.NEVER;
  }
  return new Date(ms).toISOString();
});
