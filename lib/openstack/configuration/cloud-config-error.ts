// What is wrong with the configuration of a cloud.

/** Its message names the file, the entry and the field, and never a value of it. */
export class CloudConfigError extends Error {
  override readonly name = "CloudConfigError";
}
