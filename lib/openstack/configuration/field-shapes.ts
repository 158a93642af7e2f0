// What a field of an entry may hold.
import * as z from "zod";

/** In YAML a field may be there with nothing in it. */
export const text = z
  .union([z.string(), z.boolean(), z.null()], "must be a text")
  .optional()
  .transform((written) => (written === null || written === "" || written === undefined ? undefined : String(written)));

/** Taken as it is written. */
export const secret = z
  .string("must be a text, in quotes where YAML sees none")
  .nullish()
  .transform((written) => written ?? undefined);

/** From an OS_ variable it comes as a word. */
export const truth = z
  .union([z.boolean(), z.string(), z.null()], "must be true or false")
  .optional()
  .transform((written, context) => {
    if (written === undefined || written === null || written === "") return undefined;
    if (typeof written === "boolean") return written;
    if (/^true$/i.test(written)) return true;
    if (/^false$/i.test(written)) return false;
    context.addIssue({ code: "custom", message: "must be true or false" });
    return z.NEVER;
  });

/** `publicURL` is the old form. */
export const face = text
  .transform((written) => written?.replace(/URL$/, ""))
  .pipe(z.enum(["public", "internal", "admin"], "must be public, internal or admin").optional());

export const url = z
  .string("missing")
  .refine((written) => /^https?:\/\//.test(written) && URL.canParse(written), "must be an http or https address");

/** An address of a service. What keystoneauth would fill in, `%(project_id)s`, is not known here. */
export const address = url.refine((written) => !/[%$]\(/.test(written), "must be written out, without %(project_id)s");
