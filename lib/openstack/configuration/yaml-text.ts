// The text of a clouds.yaml and its like, as the values that other OpenStack tools find in it.
import { parse, type ScalarTag, YAMLError } from "yaml";
import { errorCode } from "../error-code.ts";

/** A scalar of the file. Numbers stay texts: a project's id such as `1234e5` or a password such as `0123` is no number. */
export type Scalar = string | boolean | null;
export type Value = Scalar | Mapping | Value[];
export interface Mapping {
  [key: string]: Value;
}

/** In characters. */
const maxLength = 1024 * 1024;

/**
 * YAML 1.1 as PyYAML reads it, with anchors and merge keys (`<<`), but for numbers and dates, and a key that stands twice is refused. JSON is read alike.
 * @throws Error that says where the text is wrong, and never what stands there.
 */
export function readYaml(text: string): Value {
  if (text.length > maxLength) throw new Error(`is longer than ${maxLength} characters`);
  try {
    return parse(text, {
      schema: "failsafe",
      customTags: [nothing, truth],
      merge: true,
      logLevel: "error",
      prettyErrors: false,
    }) as Value;
  } catch (error) {
    // The parser's own words may hold a piece of the file, so only its code and position are told.
    const at = error instanceof YAMLError ? ` at character ${error.pos[0]}` : "";
    throw new Error(`is no YAML (${errorCode(error) || "unknown"}${at})`);
  }
}

export function isMapping(value: unknown): value is Mapping {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const nothing: ScalarTag = {
  tag: "tag:yaml.org,2002:null",
  default: true,
  test: /^(?:~|null|Null|NULL)?$/,
  identify: (value) => value === null,
  resolve: () => null,
};

/** The words that PyYAML takes for one (yaml/resolver.py); in quotes they are texts. */
const truth: ScalarTag = {
  tag: "tag:yaml.org,2002:bool",
  default: true,
  test: /^(?:yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)$/,
  identify: (value) => typeof value === "boolean",
  resolve: (written) => /^(?:yes|true|on)$/i.test(written),
};
