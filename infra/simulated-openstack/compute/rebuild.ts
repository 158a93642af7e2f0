// rebuild: the same server from an image anew.
import { at, stringAt } from "../bodies.ts";
import type { Answer } from "../http.ts";
import { bootableImage, checkFits } from "./bootable-image.ts";
import { type ComputeCall, operationOf } from "./call.ts";
import { checkLock, checkName, checkState } from "./checks.ts";
import { inheritFrom } from "./inherit.ts";
import { begin } from "./operations.ts";
import { stopMs } from "./power.ts";
import { power, type ServerRecord } from "./records.ts";
import { invalidField, refuse } from "./refusals.ts";
import { serverView } from "./server-view.ts";

/** A running server is stopped first and runs again afterwards; one that was off stays off. */
export function rebuild(call: ComputeCall, server: ServerRecord, argument: unknown): Answer {
  const { core } = call;
  const imageRef = stringAt(argument, "imageRef");
  if (imageRef === undefined) throw invalidField("rebuild", "{}", "'imageRef' is a required property");
  checkLock(call, server);
  checkState(server, "rebuild", ["active", "stopped", "error"]);
  const image = bootableImage(call, imageRef, "Cannot find image for rebuild");
  checkFits(image, server.flavor);
  if (server.imageId === null && imageRef !== "")
    throw refuse(400, "Unable to rebuild with a different image for a volume-backed server.");

  const name = at(argument, "name");
  if (name !== undefined) server.name = checkName(name);
  server.imageId = image.id;
  server.systemMetadata = inheritFrom(call, image);
  server.guest = {
    obeysAcpi: image.disk?.obeysAcpi ?? false,
    diskBytes: image.disk?.usedBytes ?? 0,
    console: "",
    snapshotFailure: null,
    fresh: true,
    diskKey: `${server.id}.${core.nextSequence()}`,
    ...(image.disk?.system && { system: structuredClone(image.disk.system) }),
  };
  server.fault = null;
  const wasOff = server.vmState === "stopped";
  const offMs = wasOff ? 0 : stopMs(core.timing, server);
  begin(core, server, operationOf(call, "rebuild", "compute_rebuild_instance"), "rebuilding", [
    { afterMs: offMs, step: { do: "task", taskState: "rebuild_spawning" } },
    {
      afterMs: offMs + core.timing.rebuildMs,
      step: wasOff
        ? { do: "settled", vmState: "stopped", powerState: power.shutdown }
        : { do: "settled", vmState: "active", powerState: power.running, launched: true },
    },
  ]);
  return {
    status: 202,
    json: { server: { ...serverView(call, server, "changed"), adminPass: core.newSecret(12) } },
  };
}
