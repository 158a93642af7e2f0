// The ledger in a step's hands: intents are written before the cloud is asked, so that nothing we make can be lost.
import { randomBytes } from "node:crypto";
import { OpenStackFault } from "../openstack/index.ts";
import {
  type ImageEntry,
  isImage,
  isMade,
  type LedgerEntry,
  type LedgerKind,
  type LockEntry,
  type MadeEntry,
  type ServerEntry,
  type StopEntry,
} from "../requests/ledger-entry.ts";
import { lookAgain, type Wait, wait } from "./outcome.ts";

/** What the cloud has that bears an entry's mark. */
export interface Found {
  readonly id: string;
  readonly createdAt: string;
}

export interface LedgerSurroundings {
  readonly entries: readonly LedgerEntry[];
  /** Writes the list while the claim holds; false where it is lost. */
  write(entries: readonly LedgerEntry[]): Promise<boolean>;
  nowMs(): number;
  /** A call that was begun has ended after this long, one way or another: the worker's own time-out and two minutes. */
  readonly quietMs: number;
}

/** What is to be made, and of what. */
export type Wish = Pick<ImageEntry, "kind" | "serverId"> | Pick<ServerEntry, "kind" | "imageId">;

type EntryOf<Kind extends LedgerKind> = Kind extends ImageEntry["kind"]
  ? ImageEntry
  : Kind extends ServerEntry["kind"]
    ? ServerEntry
    : Extract<LedgerEntry, { kind: Kind }>;

/** Thrown where the claim was lost in the middle of a step: another worker is at it, so this one must do nothing more. */
export class ClaimLost extends Error {}

export class Ledger {
  #entries: readonly LedgerEntry[];
  /** As last written. */
  #kept: readonly LedgerEntry[];
  readonly #surroundings: LedgerSurroundings;

  constructor(surroundings: LedgerSurroundings) {
    this.#entries = surroundings.entries;
    this.#kept = surroundings.entries;
    this.#surroundings = surroundings;
  }

  get entries(): readonly LedgerEntry[] {
    return this.#entries;
  }

  /** The youngest entry of a kind that is not struck. */
  find<Kind extends LedgerKind>(kind: Kind): EntryOf<Kind> | undefined {
    const found = this.#entries.findLast((entry) => entry.kind === kind && entry.struckAtMs === undefined);
    return found as EntryOf<Kind> | undefined;
  }

  /** All entries of a kind, struck ones too. */
  count(kind: LedgerKind): number {
    return this.#entries.filter((entry) => entry.kind === kind).length;
  }

  /**
   * Has the server stopped or locked, noted before: twice is one entry. Where the call's end is never heard the entry stays quiet, for the call may still land.
   * What `act` learns is kept with the next write.
   */
  async hold<Kind extends "stop" | "lock">(
    kind: Kind,
    act: (entry: EntryOf<Kind>) => Promise<Partial<EntryOf<Kind>>>,
  ): Promise<void> {
    const nowMs = this.#surroundings.nowMs();
    const held = this.find(kind) as StopEntry | LockEntry | undefined;
    const quietUntilMs = nowMs + this.#surroundings.quietMs;
    const entry = { ...(held ?? { kind, mark: newMark(), intentAtMs: nowMs }), quietUntilMs } as EntryOf<Kind>;
    await this.#write(
      held ? this.#entries.map((each) => (each.mark === held.mark ? entry : each)) : [...this.#entries, entry],
    );
    // An earlier call of which nothing was heard is not heard by this one.
    const heard = (learned: Partial<EntryOf<Kind>>) =>
      this.#replace(
        entry.mark,
        (each) => ({ ...each, ...learned, quietUntilMs: held?.quietUntilMs ?? 0 }) as LedgerEntry,
      );
    try {
      heard(await act(entry));
    } catch (error) {
      if (error instanceof OpenStackFault && error.outcomeKnown) heard({});
      throw error;
    }
  }

  /** For how long a call that stops or locks the server may still be under way, unheard. */
  quietForMs({ quietUntilMs = 0 }: StopEntry | LockEntry): number {
    return Math.max(0, quietUntilMs - this.#surroundings.nowMs());
  }

  /** Writes what was struck since the last write: before the means to look again are given away. */
  async keep(): Promise<void> {
    if (this.#entries !== this.#kept) await this.#write(this.#entries);
  }

  /** Written before the image is given its name: whoever takes back what is published by half must know that it was us. The time of the first such call. */
  async publishing(imageId: string): Promise<number> {
    const entry = this.#entries.find((each): each is ImageEntry => isImage(each) && each.thingId === imageId);
    if (!entry) throw new Error(`the ledger has no image ${imageId}`);
    if (entry.publishingSinceMs !== undefined) return entry.publishingSinceMs;
    const publishingSinceMs = this.#surroundings.nowMs();
    await this.#write(this.#entries.map((each) => (each === entry ? { ...entry, publishingSinceMs } : each)));
    return publishingSinceMs;
  }

  /** Written before the server is deleted: whoever then finds it gone must know that it was us. */
  async giveUp(entry: ServerEntry): Promise<void> {
    const givenUpAtMs = this.#surroundings.nowMs();
    await this.#write(this.#entries.map((each) => (each.mark === entry.mark ? { ...entry, givenUpAtMs } : each)));
  }

  /** The thing is gone: no more care is needed. Kept with the next write of the request. */
  strike(entry: LedgerEntry): void {
    this.#replace(entry.mark, (present) => ({ ...present, struckAtMs: this.#surroundings.nowMs() }));
  }

  /**
   * What of this kind is there already: by the id that we heard, else by the mark. The oldest is adopted; any other that
   * bears the same mark is entered for removal.
   */
  async adopt<Kind extends MadeEntry["kind"], Thing extends Found>(
    kind: Kind,
    find: (entry: EntryOf<Kind>) => Promise<readonly Thing[]>,
  ): Promise<Thing | undefined> {
    const found = this.find(kind);
    if (!found) return undefined; // no intent was ever written, so nothing was ever asked for
    const entry = found as MadeEntry;
    const things = [...(await find(found))].sort((a, b) => a.createdAt.localeCompare(b.createdAt));
    const [oldest, ...rest] = things;
    if (!oldest) return undefined;
    if (entry.thingId === undefined) {
      const strays = rest.map((thing) => ({ ...entry, mark: newMark(), thingId: thing.id }));
      const adopted = this.#entries.map((each) => (each.mark === entry.mark ? { ...entry, thingId: oldest.id } : each));
      // Strays stand before the adopted one, so that `find` goes on giving the adopted one.
      const at = adopted.findIndex((each) => each.mark === entry.mark);
      await this.#write([...adopted.slice(0, at), ...strays, ...adopted.slice(at)]);
    }
    return oldest;
  }

  /**
   * Has the thing made, once: the intent is written first, and while an earlier call may still be under way nobody calls.
   * Only for a kind of which `adopt` found nothing.
   */
  async create(
    wish: Wish,
    make: (mark: string) => Promise<{ id: string; requestId?: string | undefined }>,
  ): Promise<Wait> {
    const now = this.#surroundings.nowMs();
    const { kind } = wish;
    const earlier = this.find(kind) as MadeEntry | undefined;
    if (earlier && earlier.quietUntilMs > now) {
      const evidence = `${kind} ${earlier.mark} quiet`;
      return wait("an earlier call to the cloud may still be under way", {
        evidence,
        againInMs: earlier.quietUntilMs - now,
        noNews: true,
      });
    }
    const attempt = (earlier?.attempt ?? 0) + 1;
    const mark = earlier?.mark ?? newMark();
    const intent: MadeEntry = {
      ...wish,
      mark,
      attempt,
      emptyLooks: 0,
      intentAtMs: earlier?.intentAtMs ?? now,
      quietUntilMs: now + this.#surroundings.quietMs,
    };
    await this.#write([...this.#entries.filter((entry) => entry.mark !== mark), intent]);
    try {
      const made = await make(mark);
      const openstackRequestId = made.requestId;
      this.#replace(mark, (entry) => ({
        ...entry,
        thingId: made.id,
        ...(openstackRequestId && { openstackRequestId }),
      }));
      return lookAgain(`the cloud began to make ${names[kind]}`);
    } catch (error) {
      // Only a call that surely did nothing may be made again at once.
      if (error instanceof OpenStackFault && error.outcomeKnown) await this.notMade(mark);
      throw error;
    }
  }

  /** Nothing was made under this mark and nothing is under way. */
  async notMade(mark: string): Promise<void> {
    await this.#write(this.#entries.map((entry) => (entry.mark === mark ? { ...entry, quietUntilMs: 0 } : entry)));
  }

  /** One more look in vain for a thing that may have been made. Kept with the next write of the request. */
  lookedInVain(mark: string): void {
    this.#replace(mark, (entry) => (isMade(entry) ? { ...entry, emptyLooks: entry.emptyLooks + 1 } : entry));
  }

  #replace(mark: string, change: (entry: LedgerEntry) => LedgerEntry): void {
    this.#entries = this.#entries.map((entry) => (entry.mark === mark ? change(entry) : entry));
  }

  async #write(entries: readonly LedgerEntry[]): Promise<void> {
    if (!(await this.#surroundings.write(entries))) throw new ClaimLost("another worker has taken over this request");
    this.#entries = entries;
    this.#kept = entries;
  }
}

/** What people read of it. */
const names: Record<MadeEntry["kind"], string> = {
  snapshot: "the snapshot",
  "clean-server": "the temporary server in which the image is cleaned",
  "clean-image": "the cleaned image",
  "verify-server": "the temporary server in which the image is proven",
};

/** 96 random bits, safe in names of servers and in regular expressions. */
export function newMark(): string {
  return randomBytes(12).toString("hex");
}

/** An entry as the operator must look for it. */
export function inWords(entry: LedgerEntry): string {
  switch (entry.kind) {
    case "trust":
      return `trust with the darkroom_mark ${entry.mark}`; // its id is nobody's business
    case "account":
      return "work on the operator's account";
    case "snapshot":
    case "clean-image":
      return `image ${entry.thingId ?? `darkroom-${entry.mark}`}`;
    case "clean-server":
    case "verify-server":
      return `server ${entry.thingId ?? `darkroom-${entry.mark}`}`;
    case "lock":
      return "the server's lock";
    case "stop":
      return "the server is stopped";
  }
}
