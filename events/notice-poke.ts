// The message that makes `notify` look: only what to look at. What is to be told, and to whom, stands in the table.
import * as z from "zod";

/** Loose on purpose: a newer version of the code may add fields that an older one must pass over. */
export const noticePoke = z.object({
  schemaVersion: z.literal(1),
  /** A key of the table: a request, a notice or one delivery. */
  about: z.string().regex(/^(request|notice|delivery)#[\w:#-]{1,400}$/),
});

export type NoticePoke = z.output<typeof noticePoke>;

export const noticePokeExample = {
  schemaVersion: 1,
  about: "request#0d9a2c3e-6f0e-4b7e-9f57-6f6f1f2a7c11",
} satisfies z.input<typeof noticePoke>;
