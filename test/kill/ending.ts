// What must hold once a request has ended, whatever died on the way.
import type { ImageRequest } from "../../lib/requests/image-request.ts";
import { nameLock, serverLock } from "../../lib/requests/locks.ts";
import type { Lane, Run } from "./lane.ts";
import type { Scenario } from "./scenario.ts";

/** After this long the sweep takes a trust that belongs to no request. */
const sweptAfterMs = 3_600_000;

/** The server as an owner sees it. */
export function serverAsSeen(run: Run, name: string) {
  const server = run.cloud.state.servers[run.cloud.ids.server(name)];
  if (!server) throw new Error(`no server ${name}`);
  const { vmState, powerState, taskState, lockedBy, lockedReason } = server;
  return JSON.stringify({ vmState, powerState, taskState, lockedBy, lockedReason });
}

/** Everything that is not as it must be, in words; empty where all is well. Delivers what is left in the queues, and has the sweep run. */
export async function wrongs(
  lane: Lane,
  run: Run,
  { scenario, request, found }: { scenario: Scenario; request: ImageRequest; found: string },
): Promise<string[]> {
  const wrong: string[] = [];
  const expect = (holds: boolean, what: string) => void (holds || wrong.push(what));
  const completed = scenario.end === "completed";

  expect(request.end?.status === scenario.end, `ended ${JSON.stringify(request.end)}`);
  expect(!(request.end && "leftovers" in request.end), "it names leftovers");
  const held = request.ledger.filter(({ struckAtMs }) => struckAtMs === undefined).map(({ kind }) => kind);
  const kept = completed ? held.filter((kind) => !keptKinds.has(kind)) : held;
  expect(kept.length === 0, `not struck: ${kept}`);
  expect(
    request.sealedToken === undefined && request.wakeAtMs === undefined,
    "its token or its wakeAt are still there",
  );
  const { images: taken, servers: booted } = { ...takenAsIs, ...scenario.makes };
  const done = run.cloud.calls.filter(({ status = 500 }) => status < 300);
  const asked = done.filter(({ action }) => action === "createImage");
  expect(asked.length === taken, `createImage took effect ${asked.length} times`);
  const boots = done.filter(({ method, path }) => method === "POST" && path === "/compute/v2.1/servers");
  expect(boots.length === booted, `createServer took effect ${boots.length} times`);

  const calls = run.cloud.calls.length;
  await run.drain();
  expect(run.cloud.calls.length === calls, "a stale message made calls to the cloud");
  const after = await lane.store.get(request.id);
  expect(JSON.stringify(after) === JSON.stringify(request), "a stale message changed the request");
  const messages = await run.messages();
  expect(messages === 0, `${messages} messages are left`);

  const images = Object.values(run.cloud.state.images).filter(
    ({ name, properties }) =>
      name?.startsWith("darkroom-") || name === "survivor" || properties.darkroom_mark || properties.darkroom_request,
  );
  const wanted = completed ? [request.learned.publish?.imageId] : [];
  expect(String(images.map(({ id }) => id)) === String(wanted), `images: ${images.map(({ name }) => name)}`);
  expect(serverAsSeen(run, scenario.server) === found, `the server is ${serverAsSeen(run, scenario.server)}`);
  const extra = Object.values(run.cloud.state.servers).filter(
    ({ name, vmState }) => name.startsWith("darkroom-") && vmState !== "deleted",
  );
  expect(extra.length === 0, `servers: ${extra.map(({ name }) => name)}`);
  const { provider, projectId, server } = request;
  for (const key of [serverLock(provider, server.id), nameLock(provider, projectId, request.asked.name)])
    expect((await lane.locks.holder(key)) === undefined, `${key.slice(0, key.indexOf("#"))} lock is left`);

  if (Object.keys(run.cloud.state.trusts).length > 0) {
    // Of a door that died: it may stay until the sweep, not longer.
    run.clock.advance(sweptAfterMs + 1);
    await run.tell({ function: "sweep-trusts", event: {} });
  }
  expect(Object.keys(run.cloud.state.trusts).length === 0, "a trust is left after the sweep");
  return wrong;
}

/** What of the ledger is the published image. */
const keptKinds: ReadonlySet<string> = new Set(["snapshot", "clean-image"]);

const takenAsIs = { images: 1, servers: 0 };
