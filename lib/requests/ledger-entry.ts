// One line of the ledger: a thing that a request holds, or may hold, in the cloud.

/** Written before the thing exists, struck once it is gone. Times in ms since 1970. */
export type LedgerEntry = TrustEntry | AccountEntry | StopEntry | LockEntry | MadeEntry;
export type LedgerKind = LedgerEntry["kind"];

interface Common {
  /** Random, one an entry: by it the thing is found again after a crash. */
  readonly mark: string;
  readonly intentAtMs: number;
  /** Set once the thing is gone and needs no more care. */
  readonly struckAtMs?: number;
}

/** The requester's delegation to our service user. */
export interface TrustEntry extends Common {
  readonly kind: "trust";
  readonly trustId: string;
}

/** No delegation was possible: the work runs on the operator's account of this name (an entry of clouds.yaml). There is nothing in the cloud to take back. */
export interface AccountEntry extends Common {
  readonly kind: "account";
  readonly account: string;
}

/** We stopped the server: it is to run again. */
export interface StopEntry extends Held {
  readonly kind: "stop";
}

/** We locked the server; the reason that we gave holds the mark. */
export interface LockEntry extends Held {
  readonly kind: "lock";
  /** Whether the cloud took our reason: then a lock without one is not ours. Absent: we never heard. */
  readonly reasonShown?: boolean;
  /** As whom we locked it, for whoever must tell our lock from a later one. */
  readonly userId?: string;
}

interface Held extends Common {
  /** Until then a call of which we never heard may still stop or lock the server: nobody strikes the entry. */
  readonly quietUntilMs?: number;
}

/** Something that the cloud makes for us and that we must find again, whatever happens between asking and hearing. */
export type MadeEntry = ImageEntry | ServerEntry;

interface Made extends Common {
  /** How often the call that makes it was begun. */
  readonly attempt: number;
  /** Until then such a call may still be under way: nobody calls again, nobody strikes the entry. */
  readonly quietUntilMs: number;
  readonly thingId?: string;
  /** OpenStack's id of the request that made it: the key to Nova's instance actions. */
  readonly openstackRequestId?: string;
  /** How often it was looked for in vain after `quietUntilMs`. */
  readonly emptyLooks: number;
}

/** An image that Nova takes of a server: of the requester's, or of the temporary one that was cleaned. */
export interface ImageEntry extends Made {
  readonly kind: "snapshot" | "clean-image";
  /** The server that it is made from: Nova writes it on a snapshot as `instance_uuid`. */
  readonly serverId: string;
  /** Since when it is being given the name that was asked for: written before, so that what is published by half is known to be ours. */
  readonly publishingSinceMs?: number;
}

/** A temporary server, in which an image is cleaned or proven. */
export interface ServerEntry extends Made {
  readonly kind: "clean-server" | "verify-server";
  /** The image that it boots from. */
  readonly imageId: string;
  /** Since when we take it away to try another: that it is gone is no surprise. */
  readonly givenUpAtMs?: number;
}

export function isMade(entry: LedgerEntry): entry is MadeEntry {
  return isImage(entry) || isServer(entry);
}

export function isImage(entry: LedgerEntry): entry is ImageEntry {
  return entry.kind === "snapshot" || entry.kind === "clean-image";
}

export function isServer(entry: LedgerEntry): entry is ServerEntry {
  return entry.kind === "clean-server" || entry.kind === "verify-server";
}
