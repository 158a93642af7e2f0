// SQS on this machine: fauxqs 2.4.1 with its messages on disk, put right where it errs.
import { findPackageJSON } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { buildApp } from "fauxqs";

export type QueueEmulator = { url: string; close(): Promise<void> };

/**
 * Start SQS on a free port of 127.0.0.1, its state in `folder`. Messages that were in flight when the last process ended are
 * visible again at once: whoever received them is gone, and the visibility time-out of a slow step would only hold them back.
 *
 * fauxqs' own start listens on every address, so its parts are put together here. The other workarounds are named below.
 */
export async function startQueueEmulator(folder: string): Promise<QueueEmulator> {
  const { SqsStore, SnsStore, PersistenceManager } = await internals();
  const store = new SqsStore();
  const persistence = new PersistenceManager(folder);
  keepReceiveCount(persistence);
  // With a host of its own the store makes URLs whose host does not resolve; without, it takes the host that a request named.
  store.host = "";
  const snsStore = new SnsStore();
  persistence.loadSqsAndSns(store, snsStore);
  store.persistence = persistence;

  const app = buildApp({ logger: false, stores: { sqsStore: store, snsStore } as Stores });
  const url = await app.listen({ port: 0, host: "127.0.0.1" });
  for (const queue of store.allQueues()) {
    queue.persistence = persistence;
    // The URL on disk has the port of the process that made the queue.
    Object.assign(queue, { url: `${url}${new URL(queue.url).pathname}` });
    for (const handle of [...queue.inflightMessages.keys()]) queue.changeVisibility(handle, 0);
  }
  return {
    url,
    async close() {
      await app.close();
      persistence.close();
    },
  };
}

type Stores = NonNullable<NonNullable<Parameters<typeof buildApp>[0]>["stores"]>;
type Store = Stores["sqsStore"];
type Persistence = NonNullable<Store["persistence"]>;
type Internals = {
  SqsStore: new () => Store;
  SnsStore: new () => Stores["snsStore"];
  PersistenceManager: new (folder: string) => Persistence;
};

/** The modules behind fauxqs' front: its package exports only the front, its version is pinned. */
async function internals(): Promise<Internals> {
  const packageFile = findPackageJSON("fauxqs", import.meta.url);
  if (!packageFile) throw new Error("fauxqs is not installed");
  const load = (path: string) => import(pathToFileURL(join(dirname(packageFile), "dist", path)).href);
  const [sqs, sns, persistence] = await Promise.all(["sqs/sqsStore.js", "sns/snsStore.js", "persistence.js"].map(load));
  return { ...sqs, ...sns, ...persistence };
}

/** Making a message visible again writes a receive count of null, which the database refuses: the message was lost until a restart. */
function keepReceiveCount(persistence: Persistence): void {
  const { db } = persistence as unknown as { db: { prepare(sql: string): { run(id: string): void } } };
  const ready = db.prepare(
    "UPDATE sqs_messages SET receipt_handle = NULL, visibility_deadline = NULL WHERE message_id = ?",
  );
  persistence.updateMessageReady = (messageId) => ready.run(messageId);
}
