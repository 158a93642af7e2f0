// The kinds of text that people send us, each with its bounds; every other schema is made of these.
import * as z from "zod";

/** Glance refuses characters that UTF-8 writes in four bytes, emoji among them: 400 (measured on Zed). Better said here than at the end. */
const storableInGlance = (value: string) => !/[\u{10000}-\u{10ffff}]/u.test(value);
const notStorable = "must not contain emoji or other characters beyond U+FFFF: Glance cannot keep them";

/** One line: NFC, trimmed, 1 to `maxCodePoints` code points, no control characters. */
export const line = (maxCodePoints: number) =>
  z
    .string()
    .max(maxCodePoints * 8, `must have at most ${maxCodePoints} characters`)
    .refine((value) => value.isWellFormed(), "is not well-formed Unicode")
    .transform((value) => value.normalize("NFC").trim())
    .refine((value) => value !== "", "must not be empty")
    .refine((value) => [...value].length <= maxCodePoints, `must have at most ${maxCodePoints} characters`)
    .refine((value) => !/\p{Cc}|\u2028|\u2029/u.test(value), "must not contain control characters")
    .refine(storableInGlance, notStorable)
    .meta({ maxLength: maxCodePoints, description: "One line" });

/** Several lines: NFC, trimmed, at most `maxCodePoints` code points, may be empty; of control characters only tab and line ends. */
export const paragraph = (maxCodePoints: number) =>
  z
    .string()
    .max(maxCodePoints * 8, `must have at most ${maxCodePoints} characters`)
    .refine((value) => value.isWellFormed(), "is not well-formed Unicode")
    .transform((value) => value.normalize("NFC").replaceAll("\r\n", "\n").trim())
    .refine((value) => [...value].length <= maxCodePoints, `must have at most ${maxCodePoints} characters`)
    .refine((value) => !/(?![\n\t])\p{Cc}/u.test(value), "must not contain control characters")
    .refine(storableInGlance, notStorable)
    .meta({ maxLength: maxCodePoints });

/** An absolute path inside the guest. It is kept byte for byte: a path is not ours to normalise. */
export const guestPath = z
  .string()
  .max(4096, "must have at most 4096 characters")
  .refine((value) => value.isWellFormed(), "is not well-formed Unicode")
  .refine((value) => value.startsWith("/"), "must be an absolute path, one that begins with /")
  .refine((value) => !value.includes("\0"), "must not contain a NUL character")
  .refine((value) => !value.split("/").includes(".."), "must not contain .. as a folder")
  .meta({ pattern: "^/", description: "An absolute path inside the server's file system" });

/** An id of Nova or Glance. */
export const uuid = z
  .string()
  .regex(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i, "must be a UUID")
  .transform((value) => value.toLowerCase());

/** A list in which nothing stands twice. */
export const distinct = <Item extends z.ZodType>(item: Item, maxCount: number) =>
  z
    .array(item)
    .max(maxCount, `must have at most ${maxCount} entries`)
    .refine((values) => new Set(values).size === values.length, "must not name the same thing twice");
