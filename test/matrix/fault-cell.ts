// One cell of the matrix of faults: this fault, at this call of this step, for so long.

import {
  type FaultAnswer,
  type FaultKind,
  faultKindsAt,
  type PlacedFault,
} from "../../infra/simulated-openstack/index.ts";
import type { ImageRequest } from "../../lib/requests/image-request.ts";
import { type CallPlace, isAt } from "./places.ts";
import { play } from "./play.ts";
import { goalOf, type RequestName, type Stage } from "./stage.ts";
import { ending, type Meddled, wrongs } from "./verdict.ts";

/** `call`: it meets one call, and the client may try again at once. `look`: every such call of one look. `ever`: from then on, in every step. */
export type Span = "call" | "look" | "ever";

export interface FaultCell {
  readonly place: CallPlace;
  readonly kind: FaultKind;
  readonly when: "before" | "after";
  readonly span: Span;
}

export interface CellResult {
  readonly ending: string;
  readonly wrong: readonly string[];
  readonly looks: number;
  readonly calls: number;
}

/** The machine's time; nobody waits for it to pass: the worker's deadline comes when the call does. */
const slowMs = 20;
const kinds = faultKindsAt(slowMs);
export const kindNames = Object.keys(kinds) as FaultKind[];

export function answerOf(kind: FaultKind): FaultAnswer {
  return kinds[kind];
}

/** The only kinds that take time. */
export function isSlow(kind: FaultKind): boolean {
  return kind === "slow" || kind === "slow body";
}

/** Before and after the effect; a call that only reads has none. */
export function whensOf({ call }: Pick<CallPlace, "call">): readonly ("before" | "after")[] {
  return /^(GET|HEAD) /.test(call) ? ["before"] : ["before", "after"];
}

export async function tryFault(stage: Stage, name: RequestName, cell: FaultCell): Promise<CellResult> {
  const { bench } = stage;
  const { cloud } = bench;
  const { place, kind, when, span } = cell;
  let placed: PlacedFault | undefined;
  let over = false;
  let hitsSeen = 0;
  stage.setBack();
  const meet = cloud.faults.meet.bind(cloud.faults);
  if (isSlow(kind)) {
    cloud.faults.meet = (call) => {
      const met = meet(call);
      if (met.length > 0) bench.endWorker();
      return met;
    };
  }
  const hits = () => placed?.hits ?? 0;
  try {
    const course = await play(stage, name, {
      async between(request) {
        if (isSlow(kind) && hits() > hitsSeen) await new Promise((go) => setTimeout(go, slowMs * 2));
        if (span !== "ever" && hits() > 0 && !over) {
          over = true;
          placed?.remove();
        }
        hitsSeen = hits();
        if (over || (span === "ever" && hits() > 0)) return;
        placed?.remove();
        placed = undefined;
        if (isAt(place, request))
          placed = cloud.faults.add({
            ...matching(place),
            when,
            answer: answerOf(kind),
            ...(span === "call" && { times: 1 }),
          });
      },
    });
    const hit = over || hits() > 0;
    const wrong = hit ? await wrongs(stage, course, believed(cell)) : ["the fault was never met"];
    const end = ending(course);
    if (hit && !tellsTheRequestId(kind, course.request))
      wrong.push(`OpenStack's request id is not told: ${JSON.stringify(course.request.end)}`);
    if (hit && mustComplete(cell) && end !== goalOf(name)) wrong.push(`it passed, and yet: ${end}`);
    return { ending: end, wrong, looks: course.looks, calls: course.calls };
  } catch (error) {
    return { ending: "thrown", wrong: [String(error).slice(0, 300)], looks: 0, calls: 0 };
  } finally {
    cloud.faults.meet = meet;
  }
}

/** An operator finds the call by OpenStack's request id: a problem that blames a service for its own error must have it. */
function tellsTheRequestId(kind: FaultKind, { end }: ImageRequest): boolean {
  if (!end || end.status === "completed" || end.problem.service === undefined) return true;
  const answer = answerOf(kind);
  return answer === "reset" || !("error" in answer) || end.problem.openstackRequestId !== undefined;
}

/** Where Nova or Glance say for ever that a thing is not there, we can only believe it. */
function believed({ place, kind, span }: FaultCell): Meddled {
  const gone = span === "ever" && ["404", "410"].includes(String(kind));
  if (gone && place.call.startsWith("GET /compute")) return { server: true };
  // The sweep of orphans looks for it by its mark.
  return gone && place.call.startsWith("GET /image/v2/images/") ? { imageUnseen: true } : {};
}

/** The part of a fault that says which call meets it. */
export function matching({ call }: Pick<CallPlace, "call">) {
  const [method = "", path = "", action] = call.split(" ");
  const pattern = path
    .split("{id}")
    .map((part) => part.replaceAll(/[.*+?^$()|[\]\\]/g, "\\$&"))
    .join("[^/?]+");
  return { method, path: new RegExp(`^${pattern}(\\?|$)`), ...(action && { body: new RegExp(`"${action}"`) }) };
}

/** A clear no, which the cloud may well mean: the request then may end, in words. Whatever else passes must not end it. */
const clearNo: readonly string[] = ["400", "403", "404", "405", "406", "410", "413", "415", "422", "501", "over quota"];

function mustComplete({ place, kind, span }: FaultCell): boolean {
  if (span === "ever") return false;
  if (place.step === "release") return true; // nothing is left for one no
  // Who is not let in at all for a look is not told that the delegation is gone.
  if (span === "look" && place.call.endsWith("/auth/tokens") && ["401", "403", "404"].includes(String(kind)))
    return true;
  if (clearNo.includes(String(kind))) return false;
  if (String(kind) === "401") return span === "call" && !place.call.includes("/auth/tokens");
  return true;
}
