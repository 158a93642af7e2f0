// A small OpenStack over HTTP to try things on: Keystone v3, Nova v2.1, Glance v2 and Cinder v3 behind one port of the loopback address.
import { randomBytes } from "node:crypto";
import { CallLog } from "./call-log.ts";
import { type Clock, systemClock } from "./clock.ts";
import { cloudsYaml } from "./clouds-yaml.ts";
import { computeService } from "./compute/service.ts";
import { Core } from "./core.ts";
import { readDataFile, writeDataFile } from "./data-file.ts";
import { FaultRegistry } from "./faults.ts";
import { Guests } from "./guest/guests.ts";
import type { Misbehaviours } from "./guest/misbehaviours.ts";
import { diskKeyOf, diskOf } from "./guest/trees.ts";
import { httpServer } from "./http.ts";
import { identityService } from "./identity/service.ts";
import { contentsInFolder, contentsInMemory } from "./image/contents.ts";
import { imageService } from "./image/service.ts";
import { listen, stop } from "./listening.ts";
import { type NamedIds, namedIds } from "./named-ids.ts";
import { demoSeed, type SeedDocument, type SeedFunction } from "./seed.ts";
import { type CloudState, emptyState } from "./state.ts";
import { type Timing, timingAt } from "./timing.ts";
import { volumeService } from "./volume/service.ts";

export type { LoggedCall } from "./call-log.ts";
export { type Clock, type HandTurnedClock, handTurnedClock, systemClock } from "./clock.ts";
export { errorStatuses, type FaultKind, faultKinds, faultKindsAt, ownError, proxyPage } from "./fault-kinds.ts";
export type { Fault, FaultAnswer, PlacedFault, RetryAfter, WrongShape } from "./faults.ts";
export type { MisbehavingBoots, Misbehaviour, Misbehaviours, PlacedMisbehaviour } from "./guest/misbehaviours.ts";
export type { ServiceName } from "./http.ts";
export type { NamedIds } from "./named-ids.ts";
export { demoIds, demoSeed, type SeedDocument, type SeedFunction } from "./seed.ts";
export type { CloudState } from "./state.ts";
export type { Timing } from "./timing.ts";

export type SimulationOptions = {
  /** 0, the default: any that is free. */
  port?: number;
  /** Where the state is kept as JSON, written whole after every call that changes it and continued from if it is there; uploaded bytes beside it, in `FILE.images/`. Absent: memory only. */
  dataFile?: string;
  /** The machine's time by default. */
  clock?: Clock;
  /** 4: what the cloud does takes a quarter of the time. Time stamps stay those of the clock, so that callers can compare them with their own. */
  speed?: number;
  /** What a new cloud begins with; `demoSeed` by default. Ignored where the data file has a state. */
  seed?: SeedFunction | SeedDocument;
  /**
   * Asked before a script in a guest's user-data that bears Darkroom's mark is run on this machine, as whoever runs the cloud; without the mark none ever is. By default all
   * that bear it are: who can reach the port and knows a password can then run anything here.
   */
  runsScript?: (script: string) => boolean;
  /** Told of every token, trust's id and secret that is given out: for tests that look for them where they must not be. */
  onSecret?: (secret: string) => void;
  /** Single durations, as given, whatever the speed. */
  serverTiming?: Partial<Timing>;
};

export type SimulatedCloud = {
  /** `http://127.0.0.1:PORT`; the services are at /identity, /compute, /image and /volume. */
  url: string;
  authUrl: string;
  /** An entry for every user of the seed, named after the user. */
  cloudsYaml(): string;
  /** `ids.server("analysis-1")`: throws where there is none of that name. */
  ids: NamedIds;
  /** The state itself, as of now: look at it, and meddle with it. */
  readonly state: CloudState;
  /** The directory tree that a server's or an image's disk is, made now if nobody needed it before: look at it, and meddle with it. Throws where there is none. */
  diskOf(id: string): string;
  /** Which guests are to misbehave from their next boot on, and how. */
  misbehaviours: Misbehaviours;
  calls: CallLog;
  faults: FaultRegistry;
  clock: Clock;
  close(): Promise<void>;
};

/** Starts it on the loopback address. Fails where the port is taken or the data file is none of ours. */
export async function startSimulatedCloud(options: SimulationOptions = {}): Promise<SimulatedCloud> {
  const clock = options.clock ?? systemClock;
  const { dataFile } = options;
  const contents = dataFile === undefined ? contentsInMemory() : contentsInFolder(`${dataFile}.images`);
  const kept = dataFile === undefined ? undefined : readDataFile(dataFile, contents);
  const state = kept ?? seeded(options.seed ?? demoSeed, clock.now());
  const guests = new Guests(dataFile && `${dataFile}.disks`, options.runsScript ?? (() => true));
  const core = new Core(
    state,
    clock,
    timingAt(options.speed ?? 1, options.serverTiming),
    contents,
    guests,
    options.onSecret,
  );
  const save = () => {
    keepOwnedDisks(core);
    if (dataFile !== undefined) writeDataFile(dataFile, core.state);
  };
  const calls = new CallLog();
  const faults = new FaultRegistry();
  const closing = new AbortController();
  const server = httpServer({
    core,
    services: [identityService, computeService(), imageService(), volumeService()],
    faults,
    calls,
    save,
    closing: closing.signal,
  });
  const port = await listen(server, options.port ?? 0);
  core.baseUrl = `http://127.0.0.1:${port}`;
  const authUrl = `${core.baseUrl}/identity/v3`;
  save();
  return {
    url: core.baseUrl,
    authUrl,
    cloudsYaml: () => cloudsYaml(core.state, authUrl),
    ids: namedIds(core.state),
    get state() {
      core.settle();
      return core.state;
    },
    diskOf: (id) => diskOf(core, id),
    misbehaviours: guests.misbehaviours,
    calls,
    faults,
    clock,
    close: async () => {
      closing.abort();
      await stop(server);
      core.settle();
      save();
      guests.disks.close();
    },
  };
}

function keepOwnedDisks({ guests, state }: Core): void {
  const owned = new Set(Object.keys(state.images));
  for (const server of Object.values(state.servers)) if (server.deletedAt === null) owned.add(diskKeyOf(server));
  guests.disks.keepOnly((key) => owned.has(key));
}

function seeded(seed: SeedFunction | SeedDocument, nowMs: number): CloudState {
  const document = typeof seed === "function" ? seed(nowMs) : structuredClone(seed);
  return { ...emptyState(randomBytes(32).toString("hex")), sequence: 1000, ...document };
}
