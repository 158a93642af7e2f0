// DynamoDB on this machine: dynalite 4.0.0 with its tables on disk, put right where it errs.
import { once } from "node:events";
import type { Server } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { openStore, type Store } from "./table-store.ts";

export type TableEmulator = { url: string; store: Store; close(): Promise<void> };

/** Start DynamoDB on a free port of 127.0.0.1, its state in `folder`. Only one process can have the folder: hold it before. */
export async function startTableEmulator(folder: string): Promise<TableEmulator> {
  const { store, server } = openStore(() =>
    dynalite({ path: folder, createTableMs: 0, updateTableMs: 0, deleteTableMs: 0 }),
  );
  surviveBrokenRequests(server);
  // Longer than a client keeps an idle connection, so that none is closed while a request is on its way.
  server.keepAliveTimeout = 120_000;
  await store.ready();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    store,
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve, reject) => server.close((error) => (error ? reject(error) : resolve())));
    },
  };
}

const dynalite = createRequire(import.meta.url)("dynalite") as (options: DynaliteOptions) => Server;
type DynaliteOptions = { path: string; createTableMs: number; updateTableMs: number; deleteTableMs: number };

/** dynalite throws what a broken request reports, and so ends the process when a worker is stopped in the middle of a call. */
function surviveBrokenRequests(server: Server): void {
  const handlers = server.listeners("request");
  server.removeAllListeners("request");
  server.on("request", (request, response) => {
    for (const handler of handlers) handler.call(server, request, response);
    request.removeAllListeners("error");
    request.on("error", () => response.destroy());
  });
}
