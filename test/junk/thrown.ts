// One call that is thrown: a good one, a good one bent in some places, junk where every part belongs, or a body that is no JSON of ours.
import * as fc from "fast-check";
import type { Input } from "../strangers/venue.ts";
import { junkHeader, junkText, junkValue, rawBody } from "./values.ts";

export interface Thrown {
  readonly kind: "good" | "bent" | "junk" | "raw";
  /** Picks who calls: mostly somebody who may. */
  readonly who: number;
  readonly bends: readonly Bend[];
  readonly value: unknown;
  readonly text: readonly string[];
  readonly raw: { readonly text: string; readonly isBase64Encoded: boolean; readonly contentType: string | undefined };
  readonly headers: Readonly<Record<string, string>>;
}

interface Bend {
  /** Which node of the input, modulo how many there are. */
  readonly at: number;
  readonly how: "replace" | "remove" | "add" | "repeat";
  readonly name: string;
  readonly value: unknown;
}

/** As API Gateway hands it on. */
export interface Sent extends Omit<Input, "body"> {
  readonly body?: string;
  readonly isBase64Encoded: boolean;
}

const headerNames = [
  "darkroom-provider",
  "idempotency-key",
  "if-match",
  "if-none-match",
  "accept-encoding",
  "x-auth-token",
  "accept",
  "origin",
];

export const thrown: fc.Arbitrary<Thrown> = fc.record({
  kind: fc.constantFrom("good", "good", "bent", "bent", "bent", "bent", "bent", "junk", "junk", "raw"),
  who: fc.nat(99),
  bends: fc.array(
    fc.record({
      at: fc.nat(10_000),
      how: fc.constantFrom("replace", "replace", "replace", "add", "remove", "repeat"),
      name: junkText,
      value: junkValue,
    }),
    { minLength: 1, maxLength: 3 },
  ),
  value: junkValue,
  text: fc.array(junkText, { minLength: 4, maxLength: 4 }),
  raw: rawBody,
  headers: fc.oneof(
    { weight: 4, arbitrary: fc.constant({}) },
    { weight: 1, arbitrary: fc.dictionary(fc.constantFrom(...headerNames), junkHeader, { maxKeys: 2 }) },
  ),
});

/** What is sent in place of a call that would be taken. */
export function sentInstead(good: Input, { kind, bends, value, text, raw, headers }: Thrown): Sent {
  const [first = "", second = "", third = "", fourth = ""] = text;
  switch (kind) {
    case "good":
      return sending(good);
    case "bent":
      return sending({ ...bent(good, bends), headers: { ...good.headers, ...headers } });
    case "junk":
      return sending({
        params: Object.fromEntries(Object.keys(good.params ?? {}).map((name, at) => [name, text[at] || "-"])),
        query: { [first]: second, ...(good.query && { [Object.keys(good.query)[0] ?? third]: fourth }) },
        body: value,
        headers: { ...good.headers, ...headers },
      });
    case "raw": {
      const type = raw.contentType === undefined ? {} : { "content-type": raw.contentType };
      const { body: _body, ...input } = good;
      return {
        ...input,
        headers: { ...good.headers, ...headers, ...type },
        body: raw.text,
        isBase64Encoded: raw.isBase64Encoded,
      };
    }
  }
}

function sending({ body, ...input }: Input): Sent {
  return { ...input, ...(body !== undefined && { body: JSON.stringify(body) }), isBase64Encoded: false };
}

/** Bends where the input has something: in its path, its query and its body. */
function bent(good: Input, bends: readonly Bend[]): Input {
  const { headers: _headers, ...parts } = structuredClone(good);
  for (const bend of bends) {
    const nodes = nodesOf(parts).filter(({ depth }) => depth > 1 || bend.how === "add" || bend.how === "replace");
    const node = nodes[bend.at % Math.max(nodes.length, 1)];
    // A copy: values come again in later calls, and the next bend may fall into this one.
    if (node) bendAt(node, { ...bend, value: copyOf(bend.value) });
  }
  return { body: parts.body, ...texts("params", parts.params), ...texts("query", parts.query) };
}

interface Node {
  // biome-ignore lint/suspicious/noExplicitAny: any node of any JSON
  readonly within: any;
  readonly key: string;
  readonly depth: number;
}

function nodesOf(within: object, depth = 1): Node[] {
  return Object.entries(within).flatMap(([key, value]) => [
    { within, key, depth },
    ...(typeof value === "object" && value !== null && depth < 8 ? nodesOf(value, depth + 1) : []),
  ]);
}

function bendAt({ within, key, depth }: Node, { how, name, value }: Bend): void {
  const here = within[key];
  if (how === "remove") {
    if (Array.isArray(within)) within.splice(Number(key), 1);
    else delete within[key];
  } else if (how === "add" && Array.isArray(here)) here.push(value);
  else if (how === "add" && typeof here === "object" && here !== null)
    Object.defineProperty(here, name, { value, enumerable: true, configurable: true, writable: true });
  else if (how === "repeat")
    within[key] = Array.isArray(here) ? [...here, ...(copyOf(here) as unknown[])] : [here, copyOf(here)];
  // The path's and the query's own place are no values.
  else if (depth > 1 || key === "body") within[key] = value;
}

/** structuredClone ends the stack on what is as deep as is thrown here. */
function copyOf(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}

/** What a path and a query can hold: text. */
function texts(part: "params" | "query", values: Record<string, unknown> | undefined): Partial<Input> {
  if (!values) return {};
  const entries = Object.entries(values).map(([name, value]) => [
    name,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  // A path has no empty part: such a path is another route's.
  return { [part]: Object.fromEntries(entries.filter(([, value]) => part === "query" || value !== "")) };
}
