// Has a request looked at that is due now. A message that cannot be sent is logged, and sent by the waker within a minute or two.
import { log } from "../log.ts";
import type { ImageRequest } from "../requests/image-request.ts";
import type { Runtime } from "../runtime.ts";
import { messageFor } from "./run-step.ts";

/** Never throws: what the caller wrote is in the table already, and its `wakeAt` with it. */
export async function nudge(
  { queue }: Pick<Runtime, "queue">,
  request: Pick<ImageRequest, "id" | "step" | "version">,
): Promise<void> {
  try {
    await queue.send(messageFor(request), 0);
  } catch (error) {
    log.warn("message not sent: left to the waker", { requestId: request.id, step: request.step, error });
  }
}
