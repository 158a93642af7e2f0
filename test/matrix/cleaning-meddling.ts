// What people do to the temporary servers and to the two images of a request that is cleaned.
import type { ImageRequest } from "../../lib/requests/image-request.ts";
import { isMade } from "../../lib/requests/ledger-entry.ts";
import type { Meddling, Scene } from "./meddling.ts";

export const meddlingsWithCleaning: Record<string, Meddling> = {
  "owner deletes the temporary server": {
    act(at) {
      const there = temporaryServers(at);
      for (const { id } of there) delete at.state.servers[id];
      return there.length > 0;
    },
  },
  "owner stops the temporary server": {
    act: (at) => changeServers(at, ({ vmState }) => vmState === "active", { vmState: "stopped", powerState: 4 }),
  },
  "temporary server breaks": {
    act: (at) => changeServers(at, () => true, { vmState: "error", powerState: 0, taskState: null, operation: null }),
  },
  "nova-compute is restarted under the temporary server": {
    act: (at) => changeServers(at, ({ taskState }) => taskState !== null, { taskState: null, operation: null }),
  },
  "owner deletes the snapshot": { act: (at) => deleteImage(at, "snapshot") },
  "owner deletes the cleaned image": { act: (at) => deleteImage(at, "clean-image"), changed: { ourImage: true } },
};

function temporaryServers({ stage, state }: Scene) {
  return Object.values(state.servers).filter(
    ({ id, vmState }) => !(id in stage.fresh.servers) && vmState !== "deleted",
  );
}

type Server = ReturnType<typeof temporaryServers>[number];

function changeServers(at: Scene, fits: (server: Server) => boolean, change: Partial<Server>): boolean {
  const there = temporaryServers(at).filter(fits);
  for (const server of there) Object.assign(server, change);
  return there.length > 0;
}

function deleteImage({ state, request }: Scene, kind: ImageRequest["ledger"][number]["kind"]): boolean {
  const entry = request.ledger.findLast((each) => each.kind === kind);
  const id = entry && isMade(entry) ? entry.thingId : undefined;
  return id !== undefined && id in state.images && delete state.images[id];
}
