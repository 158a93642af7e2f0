// The cloud behind its HTTP face: state, clock and timing, which every handler is given.
import { randomBytes, randomUUID } from "node:crypto";
import type { Clock } from "./clock.ts";
import type { Guests } from "./guest/guests.ts";
import type { GuestDue } from "./guest/records.ts";
import type { Contents } from "./image/contents.ts";
import type { CloudState } from "./state.ts";
import type { Timing } from "./timing.ts";
import { type ServerDue, settle } from "./transitions.ts";
import type { StorageStep } from "./volume/storage-steps.ts";

export class Core {
  #state: CloudState;
  readonly clock: Clock;
  readonly timing: Timing;
  /** What was uploaded; not part of the state. */
  readonly contents: Contents;
  /** Disks as trees; not part of the state. */
  readonly guests: Guests;
  /** Told of every token, trust's id and secret that is given out. */
  readonly onSecret: (secret: string) => void;
  /** `http://127.0.0.1:PORT`, known once it listens. */
  baseUrl = "";

  constructor(
    state: CloudState,
    clock: Clock,
    timing: Timing,
    contents: Contents,
    guests: Guests,
    onSecret: (secret: string) => void = () => undefined,
  ) {
    this.onSecret = onSecret;
    this.#state = state;
    this.clock = clock;
    this.timing = timing;
    this.contents = contents;
    this.guests = guests;
  }

  get state(): CloudState {
    return this.#state;
  }

  /** Does something to a copy of the state, which is then forgotten. */
  rehearse<Result>(act: () => Result): Result {
    const kept = this.#state;
    this.#state = structuredClone(kept);
    try {
      return act();
    } finally {
      this.#state = kept;
    }
  }

  now(): number {
    return this.clock.now();
  }

  /** Lets everything happen that is due by now; says whether anything did. */
  settle(): boolean {
    return settle(this);
  }

  /** Has something happen later. Of two at the same time the one that was scheduled first happens first. */
  schedule(due: Omit<ServerDue, "sequence">): void {
    this.state.due.push({ ...due, sequence: this.nextSequence() });
  }

  /** `from`: for what follows from something that was itself due earlier than now. */
  scheduleStorage(afterMs: number, storage: StorageStep, from = this.now()): void {
    this.state.due.push({ at: from + afterMs, storage, sequence: this.nextSequence() });
  }

  scheduleGuest(at: number, guest: GuestDue["guest"]): void {
    this.state.due.push({ at, guest, sequence: this.nextSequence() });
  }

  nextSequence(): number {
    this.state.sequence += 1;
    return this.state.sequence;
  }

  newUuid(): string {
    return randomUUID();
  }

  /** Keystone's ids have no dashes. */
  newHexId(): string {
    return randomUUID().replaceAll("-", "");
  }

  newSecret(characters = 86): string {
    const secret = randomBytes(64).toString("base64url").slice(0, characters);
    this.onSecret(secret);
    return secret;
  }
}
