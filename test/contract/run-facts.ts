// Proves every fact on one cloud, and writes down which held and what was seen.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Subject } from "./fact.ts";
import { stageOn, type Venue } from "./stage.ts";

export interface Findings {
  cloud: string;
  tookMs: number;
  /** In the order of the list, whatever the order in which they were proved. */
  held: { name: string; seen: unknown }[];
  failed: { name: string; why: string }[];
  /** Methods of our client that were called. */
  called: string[];
  /** What could not be taken away again. */
  left: string | undefined;
}

const folder = join(import.meta.dirname, "../../.build/contract");

/** Subjects side by side, the facts of each one after the other. The list is also written to `.build/contract/CLOUD.json`. */
export async function runFacts(venue: Venue, subjects: Subject[]): Promise<Findings> {
  const beganMs = Date.now();
  const stage = stageOn(venue);
  const seen = new Map<string, unknown>();
  const failed = new Map<string, string>();
  let left: string | undefined;
  try {
    await Promise.all(
      subjects.map(async ({ facts }) => {
        for (const { name, prove } of facts) {
          try {
            seen.set(name, JSON.parse(JSON.stringify((await prove(stage)) ?? null)));
          } catch (error) {
            failed.set(name, error instanceof Error ? (error.stack ?? error.message) : String(error));
          }
        }
      }),
    );
  } finally {
    await stage.close().catch((error: unknown) => {
      left = String(error);
    });
  }
  const names = subjects.flatMap(({ facts }) => facts.map(({ name }) => name));
  const findings: Findings = {
    cloud: venue.cloud,
    tookMs: Date.now() - beganMs,
    held: names.filter((name) => seen.has(name)).map((name) => ({ name, seen: seen.get(name) })),
    failed: names.filter((name) => failed.has(name)).map((name) => ({ name, why: failed.get(name) ?? "" })),
    called: [...stage.called].sort(),
    left,
  };
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${venue.cloud}.json`), JSON.stringify(findings, null, 1));
  return findings;
}

/** How two clouds differ, each difference a line; a cloud on which nothing held differs from every other. */
export function differences(one: Findings, other: Findings): string[] {
  const empty = [one, other].filter(({ held }) => held.length === 0).map(({ cloud }) => `nothing held on ${cloud}`);
  const seenOn = (findings: Findings) => new Map(findings.held.map(({ name, seen }) => [name, JSON.stringify(seen)]));
  const [first, second] = [seenOn(one), seenOn(other)];
  const lines = [...new Set([...first.keys(), ...second.keys()])].flatMap((name) => {
    if (!first.has(name)) return [`only on ${other.cloud}: ${name}`];
    if (!second.has(name)) return [`only on ${one.cloud}: ${name}`];
    const [here, there] = [first.get(name), second.get(name)];
    return here === there ? [] : [`${name}: ${one.cloud} ${here}, ${other.cloud} ${there}`];
  });
  return [...empty, ...lines];
}
