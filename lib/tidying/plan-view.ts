// The plan as staff are shown it, page by page, with what a cloud refuses or hides in words.
import type * as z from "zod";
import type { plan, planQuery } from "../../events/tidying.ts";
import { strangeCursor } from "../http/cursor.ts";
import type { Call } from "../http/endpoint.ts";
import { HttpProblem } from "../http/http-problem.ts";
import { withOurCredential } from "../providers/own-credential.ts";
import { problem } from "../requests/problem.ts";
import { openAnnouncer } from "./announce.ts";
import { planPage } from "./plan.ts";
import { openTidyingStore, type Place } from "./store.ts";
import { CannotSee, eyesOf, survey } from "./survey.ts";

/** Nothing is written anywhere. Throws 422 for a cursor that is none, 503 where what is in use cannot be known. */
export async function planView({
  runtime,
  provider,
  query,
  bounded,
}: Pick<Call<unknown, z.output<typeof planQuery>>, "runtime" | "provider" | "query" | "bounded">): Promise<
  z.input<typeof plan>
> {
  const place = placeOf(query.cursor);
  const eyes = eyesOf(provider, bounded);
  const entry = eyes.isStaff ? "staffCloud" : "cloud";
  const seen = <Found>(asked: Promise<Found>) =>
    withOurCredential(asked, { entry, may: "see what is in use and what is on the shelf" });
  const surveyed = seen(survey(eyes, provider.name, runtime.store, runtime.clock.now()));
  const known = await surveyed.catch((error: unknown) => {
    if (!(error instanceof CannotSee)) throw error;
    throw new HttpProblem(
      503,
      problem("cannot-see", "What is in use cannot be known", error.message, {
        remedy: "Give the entry that staffCloud names the right to see every project's servers and volumes.",
      }),
    );
  });
  const announcer = openAnnouncer(runtime, provider, bounded);
  const page = await seen(planPage({ runtime, provider, eyes, known, announcer }, place, query.limit));
  const { held } = await openTidyingStore(runtime.table).state(provider.name);
  return {
    enabled: provider.policy.tidying.enabled,
    seesAllProjects: known.seesAllProjects,
    held: held?.why ?? null,
    looked: page.images.length,
    images: page.images.filter(({ verdict }) => query.all === "true" || verdict !== "kept"),
    next: page.next ? Buffer.from(JSON.stringify([page.next.part, page.next.after])).toString("base64url") : null,
  };
}

/** Never trusted: the cloud looks for the image, and the list is begun anew where there is none. */
function placeOf(cursor: string | undefined): Place {
  if (cursor === undefined) return { part: "shown" };
  try {
    const [part, after] = JSON.parse(Buffer.from(cursor, "base64url").toString()) as unknown[];
    const known = part === "shown" || part === "hidden";
    if (known && (after === null || (typeof after === "string" && /^[0-9a-f-]{36}$/.test(after))))
      return { part, ...(after !== null && { after }) };
  } catch {
    // falls through to the refusal
  }
  throw strangeCursor();
}
