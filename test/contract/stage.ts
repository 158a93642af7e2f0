// What the facts are proved on: a cloud with four people, and a list of what must be taken away afterwards.
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { type Cloud, type CloudConfig, connect } from "../../lib/openstack/index.ts";
import { type Ask, plainAsk } from "./plain-ask.ts";
import type { CallsSeen } from "./recorded.ts";
import { recorded } from "./recorded.ts";

export interface Person {
  /** Our client. Every method that a fact calls is noted. */
  cloud: Cloud;
  config: CloudConfig;
  /** Without our client: what the cloud says, to the letter. */
  ask: Ask;
}

export interface Stage {
  cloud: string;
  /** A plain member of a project, whose things they are. */
  owner: Person;
  /** A plain member of another project. */
  other: Person;
  /** Darkroom's own user, a plain member of a third. */
  service: Person;
  admin: Person;
  /** The client's methods that facts have called: `compute.getServer`. */
  called: CallsSeen;
  /** In the name of everything that is made here. */
  mark: string;
  nameOf(what: string): string;
  /** The same promise for everybody who asks for the same thing: servers take long. */
  shared<T>(make: (stage: Stage) => Promise<T>): Promise<T>;
  /** Takes something away at the end, the last made first. It must succeed also where it is gone. */
  undo(what: string, how: () => Promise<unknown>): void;
  /** Looks until something is found, `undefined` meaning not yet. Throws after a bound. */
  until<T>(what: string, look: () => Promise<T | undefined>, withinMs?: number): Promise<T>;
  /** Undoes everything, whatever fails on the way; throws at the end if anything did. */
  close(): Promise<void>;
}

/** How a cloud is reached, and how often it is worth looking at. */
export interface Venue {
  cloud: string;
  people: Record<"owner" | "other" | "service" | "admin", CloudConfig>;
  lookEveryMs: number;
  /** Ends what the venue itself started. */
  close(): Promise<void>;
}

const patienceMs = 120_000;

export function stageOn(venue: Venue): Stage {
  const mark = `contract-${randomUUID().slice(0, 8)}`;
  const called: CallsSeen = new Set();
  const undoing: { what: string; how: () => Promise<unknown> }[] = [];
  const made = new Map<unknown, Promise<unknown>>();
  const clouds: Cloud[] = [];
  const person = (config: CloudConfig): Person => {
    const cloud = connect(config);
    clouds.push(cloud);
    return { cloud: recorded(cloud, called), config, ask: plainAsk(cloud) };
  };
  const { owner, other, service, admin } = venue.people;
  const stage: Stage = {
    cloud: venue.cloud,
    owner: person(owner),
    other: person(other),
    service: person(service),
    admin: person(admin),
    called,
    mark,
    nameOf: (what) => `${mark}-${what}`,
    shared<T>(make: (stage: Stage) => Promise<T>): Promise<T> {
      const found = made.get(make) ?? make(stage);
      made.set(make, found);
      return found as Promise<T>;
    },
    undo: (what, how) => void undoing.push({ what, how }),
    async until(what, look, withinMs = patienceMs) {
      const deadlineMs = Date.now() + withinMs;
      for (;;) {
        const found = await look();
        if (found !== undefined) return found;
        if (Date.now() > deadlineMs) throw new Error(`waited ${withinMs} ms in vain for ${what}`);
        await sleep(venue.lookEveryMs);
      }
    },
    async close() {
      await Promise.allSettled(made.values());
      const failures: string[] = [];
      for (const { what, how } of undoing.reverse()) {
        await how().catch((error: unknown) => failures.push(`${what}: ${String(error)}`));
      }
      for (const cloud of clouds) await cloud.close();
      await venue.close();
      if (failures.length > 0) throw new Error(`left behind on the ${venue.cloud} cloud: ${failures.join("; ")}`);
    },
  };
  return stage;
}
