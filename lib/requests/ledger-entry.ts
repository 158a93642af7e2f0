// One line of the ledger: a thing that a request holds, or may hold, in the cloud.

/** Written before the thing exists, struck once it is gone. Times in ms since 1970. */
export type LedgerEntry = TrustEntry | StopEntry | LockEntry | MadeEntry;
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

/** We stopped the server: it is to run again. */
export interface StopEntry extends Common {
  readonly kind: "stop";
}

/** We locked the server; the reason that we gave holds the mark. */
export interface LockEntry extends Common {
  readonly kind: "lock";
}

/** Something that the cloud makes for us and that we must find again, whatever happens between asking and hearing. */
export interface MadeEntry extends Common {
  readonly kind: "snapshot";
  /** The server that it is made from: Nova writes it on a snapshot as `instance_uuid`. */
  readonly serverId: string;
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
