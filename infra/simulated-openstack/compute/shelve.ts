// Shelving: the server's only disk becomes an image, the server leaves its host; and back.
import type { Answer } from "../http.ts";
import { queueSnapshot } from "../image/from-snapshot.ts";
import { type ComputeCall, operationOf } from "./call.ts";
import { checkLock, checkState } from "./checks.ts";
import { snapshotMs } from "./create-image.ts";
import { begin } from "./operations.ts";
import { stopMs } from "./power.ts";
import { power, type ServerRecord } from "./records.ts";

/** Measured on Zed: stopped first (task state `shelving` meanwhile), then an image `NAME-shelved` with `image_type=snapshot`, then SHELVED, then at once SHELVED_OFFLOADED. */
export function shelve(call: ComputeCall, server: ServerRecord): Answer {
  const { core, caller, projectId } = call;
  checkLock(call, server);
  checkState(server, "shelve", ["active", "stopped", "paused", "suspended"]);
  const image =
    server.imageId === null
      ? null
      : queueSnapshot(core, server, { userId: caller.user.id, projectId }, `${server.name}-shelved`, {});
  server.shelvedImageId = image?.id ?? null;
  const offMs = server.vmState === "stopped" ? 0 : stopMs(core.timing, server);
  const savedMs = offMs + (image ? snapshotMs(core, server) : 0);
  const imageId = image?.id ?? "";
  begin(core, server, operationOf(call, "shelve", "compute_shelve_instance"), "shelving", [
    ...(image
      ? [
          {
            afterMs: offMs,
            step: { do: "snapshotTask", imageId, taskState: "shelving_image_pending_upload" } as const,
          },
          {
            afterMs: offMs + (savedMs - offMs) * 0.6,
            step: { do: "snapshotTask", imageId, taskState: "shelving_image_uploading" } as const,
          },
          { afterMs: offMs + (savedMs - offMs) * 0.65, step: { do: "snapshotSaving", imageId } as const },
          { afterMs: offMs + (savedMs - offMs) * 0.97, step: { do: "snapshotActive", imageId } as const },
        ]
      : []),
    { afterMs: savedMs, step: { do: "shelved" } },
    {
      afterMs: savedMs + core.timing.pauseMs,
      step: { do: "settled", vmState: "shelved_offloaded", powerState: power.shutdown },
    },
  ]);
  return { status: 202 };
}

/** Back on a host; the image is deleted then. Without it the server is lost: ERROR. */
export function unshelve(call: ComputeCall, server: ServerRecord): Answer {
  const { core } = call;
  checkLock(call, server);
  checkState(server, "unshelve", ["shelved", "shelved_offloaded"]);
  begin(core, server, operationOf(call, "unshelve", "compute_unshelve_instance"), "unshelving", [
    { afterMs: core.timing.unshelveMs * 0.25, step: { do: "task", taskState: "spawning" } },
    { afterMs: core.timing.unshelveMs, step: { do: "unshelved" } },
  ]);
  return { status: 202 };
}
