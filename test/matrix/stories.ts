// What happens to a request by itself, whatever goes wrong beside it: a cancel in the middle, tokens that end.

import type { ImageRequest } from "../../lib/requests/image-request.ts";
import { firstStep, type StepName } from "../../lib/workflow/chain.ts";
import type { RequestName, Stage } from "./stage.ts";

/** Asked before each look. */
type Story = (stage: Stage, request: ImageRequest) => void | Promise<void>;

/** Longer than a token lives. */
const tokensEndMs = 5 * 3_600_000;

export const stories: Partial<Record<RequestName, () => Story>> = {
  /** Its image is half made: `release` has a server to give back and an image to delete. */
  cancelled:
    () =>
    async ({ bench: { runtime, clock } }, request) => {
      const halfMade = request.ledger.some((entry) => entry.kind === "snapshot" && entry.thingId !== undefined);
      if (request.step !== "capture" || !halfMade || request.cancel) return;
      const by = { userId: "alice", userName: "alice" };
      await runtime.store.cancel(request, { reason: "", by, at: new Date(clock.now()).toISOString() }, clock.now());
    },
  /** Each step has to get the trust's token anew. */
  renewed: () => {
    let last: StepName = firstStep;
    return ({ bench: { clock } }, { step }) => {
      if (step !== last) clock.advance(tokensEndMs);
      last = step;
    };
  },
};
