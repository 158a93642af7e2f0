// Where something can happen: every call that each step makes, and every wait between its looks, as an undisturbed run shows them.
import type { LoggedCall } from "../../infra/simulated-openstack/index.ts";
import type { ImageRequest } from "../../lib/requests/image-request.ts";
import type { StepName } from "../../lib/workflow/chain.ts";
import { play } from "./play.ts";
import { goalOf, type RequestName, type Stage } from "./stage.ts";

/** A step, and what it waited for when it looked; looks that wait for the same are alike. */
export interface Place {
  readonly step: StepName;
  /** `first look` where it did not wait yet. */
  readonly wait: string;
}

/** One call of a look, ids taken out: `POST /compute/v2.1/servers/{id}/action createImage`. */
export interface CallPlace extends Place {
  readonly call: string;
}

export function placeOf({ step, waiting }: Pick<ImageRequest, "step" | "waiting">): Place {
  return { step, wait: waiting ? withoutIds(waiting.why) : "first look" };
}

export function inWords({ step, wait, call }: Place & { call?: string }): string {
  return [step, wait, call].filter(Boolean).join(" | ");
}

export function isAt(place: Place, request: Pick<ImageRequest, "step" | "waiting">): boolean {
  const here = placeOf(request);
  return here.step === place.step && here.wait === place.wait;
}

/** Runs a request undisturbed and notes each place once, in the order in which they are come to. Throws where it does not end as it is to. */
export async function recordPlaces(stage: Stage, name: RequestName): Promise<{ places: Place[]; calls: CallPlace[] }> {
  const places = new Map<string, Place>();
  const calls = new Map<string, CallPlace>();
  stage.setBack();
  let here: Place | undefined;
  let seen = 0;
  const note = (request: ImageRequest) => {
    for (const call of here ? stage.bench.cloud.calls.slice(seen) : []) {
      const place = { ...(here as Place), call: nameOf(call) };
      calls.set(inWords(place), place);
    }
    seen = stage.bench.cloud.calls.length;
    if (request.endedAt) return; // told of once more, so that the last look's calls are noted
    here = placeOf(request);
    places.set(inWords(here), here);
  };
  const { request } = await play(stage, name, { between: note });
  if (request.end?.status !== goalOf(name)) throw new Error(`undisturbed it failed: ${JSON.stringify(request.end)}`);
  return { places: [...places.values()], calls: [...calls.values()] };
}

export function nameOf({ method, path, action }: Pick<LoggedCall, "method" | "path" | "action">): string {
  return [method, withoutIds(path.replace(/\?.*/, "")), action].filter(Boolean).join(" ");
}

function withoutIds(text: string): string {
  return text
    .replaceAll(/[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}|\b[0-9a-f]{24}\b/g, "{id}")
    .replaceAll(/\d+(?=\s|%|$)/g, "#");
}
