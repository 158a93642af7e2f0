// Cinder's errors: Nova's shape, its own words.
import { novaError } from "../compute/refusals.ts";
import { type Answer, Refusal } from "../http.ts";

export const refuse = (status: number, message: string): Refusal => new Refusal(novaError(status, message));

export const noSuch = (what: "Volume" | "Snapshot", id: string): Refusal =>
  refuse(404, `${what} ${id} could not be found.`);

/** 413 with `Retry-After: 0`, which does not mean that it is worth trying again (measured on Zed). */
export const overQuota = (message: string): Refusal => new Refusal(overLimit(message));

const overLimit = (message: string): Answer => ({
  ...novaError(413, message, "0"),
  headers: { "Retry-After": "0" },
});

/** As Cinder's schemas complain: which field, what it held, what is wrong with it. */
export const invalidField = (field: string, shown: string, complaint: string): Refusal =>
  refuse(400, `Invalid input for field/attribute ${field}. Value: ${shown}. ${complaint}`);
