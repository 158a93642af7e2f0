// The `${…}` variables of serverless.yml, as far as this repository uses them, and CloudFormation's YAML tags.
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type CollectionTag, parse, type ScalarTag, type Tags } from "yaml";

/**
 * Read a serverless.yml and replace `${sls:stage}`, `${opt:…}`, `${env:…}`, `${self:…}` and `${file(…):…}`, each with fallbacks after
 * commas. `${AWS::…}` and whatever stands below `!Sub` for CloudFormation stays. Throws an Error that names a variable of no known value.
 */
export async function readVariables(file: string, options: { stage: string }): Promise<unknown> {
  const root = parseYaml(await readFile(file, "utf8"), file);
  return new Variables(root, dirname(file), options).replace(root, 0);
}

function parseYaml(text: string, file: string): unknown {
  try {
    return parse(text, { merge: true, customTags: cloudFormationTags });
  } catch (error) {
    throw new Error(`${file}: ${error instanceof Error ? error.message : error}`);
  }
}

/** `!GetAtt Table.Arn` becomes `{ "Fn::GetAtt": ["Table", "Arn"] }`, `!Ref x` becomes `{ Ref: x }`, the rest `{ "Fn::Name": value }`. */
const cloudFormationTags: Tags = ["Ref", "GetAtt", "Sub", "Join", "Select", "Split", "If", "Equals"].flatMap((name) => {
  const key = name === "Ref" ? "Ref" : `Fn::${name}`;
  const scalar: ScalarTag = {
    tag: `!${name}`,
    resolve: (text) => ({ [key]: name === "GetAtt" ? splitOnce(text, ".") : text }),
  };
  const sequence: CollectionTag = {
    tag: `!${name}`,
    collection: "seq",
    resolve: (items) => ({ [key]: JSON.parse(JSON.stringify(items)) }),
  };
  return [scalar, sequence];
});

const depthLimit = 40;

class Variables {
  readonly #root: unknown;
  readonly #folder: string;
  readonly #options: Record<string, string>;

  constructor(root: unknown, folder: string, options: { stage: string }) {
    this.#root = root;
    this.#folder = folder;
    this.#options = options;
  }

  async replace(value: unknown, depth: number): Promise<unknown> {
    if (depth > depthLimit) throw new Error("serverless.yml: variables go round in a circle");
    if (typeof value === "string") return this.#replaceText(value, depth);
    if (Array.isArray(value)) return Promise.all(value.map((entry) => this.replace(entry, depth + 1)));
    if (typeof value !== "object" || value === null) return value;
    const entries = Object.entries(value).map(
      async ([key, entry]) => [key, await this.replace(entry, depth + 1)] as const,
    );
    return Object.fromEntries(await Promise.all(entries));
  }

  async #replaceText(text: string, depth: number): Promise<unknown> {
    const whole = variable.exec(text);
    if (whole && whole[0] === text) return this.replace(await this.#look(whole[1] ?? ""), depth + 1);
    let replaced = text;
    for (const [found, inner = ""] of text.matchAll(new RegExp(variable, "g"))) {
      const value = await this.replace(await this.#look(inner), depth + 1);
      replaced = replaced.replace(found, () => String(value));
    }
    return replaced;
  }

  /** The first source that knows a value: `opt:stage, 'dev'`. */
  async #look(sources: string): Promise<unknown> {
    for (const source of sources.split(",").map((part) => part.trim())) {
      const value = await this.#source(source);
      if (value !== undefined) return value;
    }
    throw new Error(`serverless.yml: \${${sources}} has no value`);
  }

  async #source(source: string): Promise<unknown> {
    const quoted = /^'(.*)'$|^"(.*)"$/.exec(source);
    if (quoted) return quoted[1] ?? quoted[2];
    if (source === "sls:stage") return this.#options.stage;
    const [kind, address] = splitOnce(source, ":");
    if (kind === "opt") return this.#options[address];
    if (kind === "env") return process.env[address];
    if (kind === "self") return at(this.#root, address);
    const file = /^file\(([^)]+)\)(?::(.+))?$/.exec(source);
    if (!file?.[1]) throw new Error(`serverless.yml: \${${source}} is of a kind that the local host does not know`);
    const path = join(this.#folder, file[1]);
    return at(parseYaml(await readFile(path, "utf8"), path), file[2] ?? "");
  }
}

/** `${kind:…}` and `${file(…)…}`; CloudFormation's `${AWS::Region}` and `${Table.Arn}` begin with a capital. */
const variable = /\$\{([a-z]+[:(][^}]*)\}/;

function at(value: unknown, address: string): unknown {
  if (address === "") return value;
  return address.split(".").reduce<unknown>((found, key) => {
    return typeof found === "object" && found !== null ? (found as Record<string, unknown>)[key] : undefined;
  }, value);
}

function splitOnce(text: string, separator: string): [string, string] {
  const index = text.indexOf(separator);
  return index < 0 ? [text, ""] : [text.slice(0, index), text.slice(index + 1)];
}
