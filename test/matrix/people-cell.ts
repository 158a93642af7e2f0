// One cell of the matrix of people: this meddling, between two looks or right after this call of a look.
import { meddlingsWithCleaning } from "./cleaning-meddling.ts";
import { type Meddling, meddlings, type Scene } from "./meddling.ts";
import { type CallPlace, isAt, nameOf, type Place } from "./places.ts";
import { play } from "./play.ts";
import type { RequestName, Stage } from "./stage.ts";
import { ending, wrongs } from "./verdict.ts";

/** Without a call: before the look. */
export type Moment = Place & { readonly call?: CallPlace["call"] };

export async function tryMeddling(stage: Stage, name: RequestName, moment: Moment, what: string) {
  const meddling = meddlings[what] ?? meddlingsWithCleaning[what];
  if (!meddling) throw new Error(`no meddling ${what}`);
  const { cloud } = stage.bench;
  let met = false;
  let raced = false;
  let took = false;
  let looking: Scene["request"] | undefined;
  stage.setBack();
  const scene = (request: Scene["request"]): Scene => ({ stage, state: cloud.state, request });
  const meddle = async (request: Scene["request"]) => {
    met = true;
    took = await meddling.act(scene(request));
  };
  const record = cloud.calls.record.bind(cloud.calls);
  let meddled: Promise<void> | undefined;
  // The call has had its effect and is not answered yet: what is done here comes before the step knows of the answer.
  cloud.calls.record = (call) => {
    record(call);
    // Nova unlocks whatever lock is there: what was put there between our look and our unlock is unlocked, too.
    if (met && looking && call.action === "unlock") raced = true;
    if (looking && !met && nameOf(call) === moment.call) meddled = meddle(presentOf(stage, looking));
  };
  try {
    const course = await play(stage, name, {
      async between(request) {
        await meddled;
        looking = !met && isAt(moment, request) ? request : undefined;
        if (looking && moment.call === undefined) await meddle(request);
        if (moment.call === undefined) looking = undefined;
      },
    });
    const end = ending(course);
    const wrong = met
      ? await judge(stage, raced ? { ...meddling, undone: () => undefined } : meddling, took, course)
      : ["it was never come to"];
    return { ending: took ? end : `${end}, untouched`, wrong };
  } catch (error) {
    return { ending: "thrown", wrong: [String(error).slice(0, 300)] };
  } finally {
    cloud.calls.record = record;
  }
}

/** As the table has it now: the ledger may have been written since the look began. */
function presentOf({ table }: Stage, { id }: Scene["request"]): Scene["request"] {
  return { ...table.items.get(`request#${id}`), id } as unknown as Scene["request"];
}

async function judge(stage: Stage, meddling: Meddling, took: boolean, course: Awaited<ReturnType<typeof play>>) {
  const { request } = course;
  const wrong = await wrongs(stage, course, took ? meddling.changed : {});
  const { status } = request.end ?? {};
  if (!took && status !== "completed") wrong.push(`nothing was meddled with, and yet: ${ending(course)}`);
  if (took && meddling.ends && status !== meddling.ends)
    wrong.push(`it must end ${meddling.ends}, and is: ${ending(course)}`);
  const undone = took && meddling.undone?.({ stage, state: stage.bench.cloud.state, request });
  if (undone) wrong.push(undone);
  return wrong;
}
