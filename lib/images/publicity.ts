// An image that is to be public: a question to staff of its own beside image requests, which stands in the same list until somebody decides.

import { waitingSince, waitsNoMore } from "../approvals/keys.ts";
import { userKey } from "../audit/audit-store.ts";
import { absent, and, below, equals, present } from "../aws/condition.ts";
import type { Item, Table } from "../aws/table.ts";

/**
 * One question, the item `publicity#PROVIDER#IMAGE` of the table; one an image. While it waits it stands in the index `byApproval` beside the image
 * requests that wait, ordered by `askedAt`; once somebody decided, and Glance and the owner have not been told yet, in `byList` under `due#publicity`; after that in no list.
 */
export interface Publicity {
  readonly kind: "publicity";
  readonly schemaVersion: 1;
  readonly provider: string;
  readonly imageId: string;
  /** As it was called when it was asked. */
  readonly imageName: string;
  /** Whose image it is. */
  readonly projectId: string;
  readonly projectName: string;
  readonly requester: { readonly userId: string; readonly userName: string };
  /** Where mail about it goes; gone once the decision was told, and at the latest with the question. */
  readonly contactAddress?: string;
  /** Why it should be public, in the owner's words; may be empty. */
  readonly reason: string;
  readonly askedAt: string;
  readonly decision?: PublicityDecision;
  /** When all was done that follows from the decision: Glance had made it public, the owner was told. */
  readonly doneAt?: string;
}

export interface PublicityDecision {
  readonly decision: "approve" | "deny";
  readonly reason: string;
  readonly by: { readonly userId: string; readonly userName: string };
  readonly at: string;
}

export type PublicityStatus = "awaiting-approval" | "approved" | "public" | "denied";

export function publicityStatus({ decision, doneAt }: Pick<Publicity, "decision" | "doneAt">): PublicityStatus {
  if (!decision) return "awaiting-approval";
  if (decision.decision === "deny") return "denied";
  return doneAt === undefined ? "approved" : "public";
}

/** Decided, and Glance or the owner is still to be told. */
export const unfinishedList = "due#publicity";

export interface PublicityStore {
  find(provider: string, imageId: string): Promise<Publicity | undefined>;
  /** What waits or is being done stays as it is and is answered; what was denied or done before is asked anew. */
  ask(question: Omit<Publicity, "kind" | "schemaVersion" | "decision" | "doneAt">): Promise<Publicity>;
  /** Undefined where it is decided already, or was withdrawn. */
  decide(question: Publicity, decision: PublicityDecision): Promise<Publicity | undefined>;
  /** Everybody was told. Undefined where that was written before. */
  finish(question: Publicity, doneAt: string): Promise<Publicity | undefined>;
  /** Undecided, and asked before then (ISO time), as an index knows it; oldest first. */
  askedBefore(provider: string, before: string, limit: number): Promise<Publicity[]>;
  /** Takes an undecided question away. False where there is none, or it is decided. */
  withdraw(question: Publicity): Promise<boolean>;
  /** `name` stands in place of the user's own, who asked or decided; with who asked goes their address. False where nothing of the user is there (any more). */
  withoutName(question: Publicity, userId: string, name: string): Promise<boolean>;
  /** The image is gone: there is nothing to decide or to do. */
  drop(question: Publicity): Promise<void>;
  /** It could not be done now: it goes behind all others of the list. */
  postpone(question: Publicity, at: string): Promise<void>;
  /** Decided, and perhaps not done yet; those first that nobody looked at for the longest time. */
  unfinished(limit: number): Promise<Publicity[]>;
}

/** Two may ask at once; a third would find what one of them wrote. */
const maxTries = 3;

export function openPublicity(table: Table): PublicityStore {
  const find = async (provider: string, imageId: string) => {
    const item = await table.get(idOf({ provider, imageId }));
    return item && publicityOf(item);
  };
  return {
    find,

    async ask(asked) {
      const question: Publicity = { kind: "publicity", schemaVersion: 1, ...asked };
      const waits = waitingSince(asked.provider, asked.askedAt);
      const ofUser = { userKey: userKey(asked.provider, asked.requester.userId), createdAt: asked.askedAt };
      const item = { ...question, ...waits, ...ofUser };
      for (let tries = 0; tries < maxTries; tries++) {
        if (await table.putNew({ id: idOf(question), ...item })) return question;
        const known = await find(asked.provider, asked.imageId);
        if (!known) continue;
        if (!isOver(known)) return known;
        const again = { contactAddress: undefined, ...item, decision: undefined, doneAt: undefined };
        const written = await table.update(idOf(question), again, equals("decision.at", known.decision?.at));
        if (written) return publicityOf(written);
      }
      throw new Error(`the question about image ${asked.imageId} changes all the time`);
    },

    async decide(question, decision) {
      const list = { ...waitsNoMore, listKey: unfinishedList, listOrder: decision.at };
      const undecided = and(equals("askedAt", question.askedAt), absent("decision"));
      const item = await table.update(idOf(question), { decision, ...list }, undecided);
      return item && publicityOf(item);
    },

    async finish(question, doneAt) {
      const unfinished = and(equals("decision.at", question.decision?.at), absent("doneAt"));
      const item = await table.update(
        idOf(question),
        { doneAt, contactAddress: undefined, listKey: undefined, listOrder: undefined },
        and(present("id"), unfinished),
      );
      return item && publicityOf(item);
    },

    async askedBefore(provider, before, limit) {
      const key = and(equals("approvalKey", provider), below("approvalSince", before));
      const page = await table.query({ index: "byApproval", key, limit });
      return page.items.filter(isPublicityItem).map(publicityOf);
    },

    withdraw: (question) => table.delete(idOf(question), and(equals("askedAt", question.askedAt), absent("decision"))),

    async withoutName(question, userId, name) {
      const { requester, decision, contactAddress } = question;
      const asked = requester.userId === userId && (requester.userName !== name || contactAddress !== undefined);
      const decided = decision?.by.userId === userId && decision.by.userName !== name;
      if (!asked && !decided) return false;
      const change = {
        ...(asked && { requester: { ...requester, userName: name }, contactAddress: undefined }),
        ...(decided && { decision: { ...decision, by: { ...decision.by, userName: name } } }),
      };
      // Whoever asks anew meanwhile writes a question of their own.
      const same = and(
        equals("askedAt", question.askedAt),
        decided ? equals("decision.at", decision.at) : present("id"),
      );
      return (await table.update(idOf(question), change, same)) !== undefined;
    },

    async drop(question) {
      await table.delete(idOf(question), equals("askedAt", question.askedAt));
    },

    async postpone(question, at) {
      const unfinished = and(equals("decision.at", question.decision?.at), absent("doneAt"));
      await table.update(idOf(question), { listOrder: at }, and(present("id"), unfinished));
    },

    async unfinished(limit) {
      const page = await table.query({ index: "byList", key: equals("listKey", unfinishedList), limit });
      return page.items.map(publicityOf);
    },
  };
}

function idOf({ provider, imageId }: Pick<Publicity, "provider" | "imageId">): string {
  return `publicity#${provider}#${imageId}`;
}

function isOver({ doneAt }: Publicity): boolean {
  return doneAt !== undefined;
}

export function isPublicityItem({ id }: Item): boolean {
  return id.startsWith("publicity#");
}

/** Also of an item that the list of approvals gave. */
export function publicityOf(item: Item): Publicity {
  const { id: _id, listKey: _key, listOrder: _order, approvalKey: _waits, approvalSince: _since, ...kept } = item;
  const { userKey: _user, createdAt: _at, ...question } = kept;
  return question as unknown as Publicity;
}
