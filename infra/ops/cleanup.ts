// `npm run cleanup -- --dry-run`: the plan, with the reason for each image. Without `--dry-run`: one run of the sweep, as the clock would begin it.
import { parseArgs } from "node:util";
import type { Provider } from "../../lib/providers/provider.ts";
import type { Runtime } from "../../lib/runtime.ts";
import { openAnnouncer } from "../../lib/tidying/announce.ts";
import { type PlannedImage, planPage } from "../../lib/tidying/plan.ts";
import type { Place } from "../../lib/tidying/store.ts";
import { eyesOf, survey } from "../../lib/tidying/survey.ts";
import { sweepProvider } from "../../lib/tidying/sweep.ts";
import { command } from "./command.ts";

const usage = "npm run cleanup -- [--dry-run] [--all] [--provider NAME]";

const longestRunMs = 3_600_000;

await command(usage, async (runtime) => {
  const options = { "dry-run": { type: "boolean" }, all: { type: "boolean" }, provider: { type: "string" } } as const;
  const { values } = parseArgs({ options });
  for (const provider of runtime.providers.all) {
    if (values.provider !== undefined && values.provider !== provider.name) continue;
    if (values["dry-run"]) await printPlan(runtime, provider, values.all === true);
    else console.log(JSON.stringify(await run(runtime, provider), null, 2));
  }
});

async function run(runtime: Runtime, provider: Provider) {
  const endsAtMs = Date.now() + longestRunMs;
  const signal = AbortSignal.timeout(longestRunMs);
  const { tell } = openAnnouncer(runtime, provider, (cloud) => cloud.within(signal));
  return await sweepProvider(runtime, provider, { signal, remainingMs: () => endsAtMs - Date.now(), tell });
}

/** Kept images are counted by their rule; `all` names them too. */
async function printPlan(runtime: Runtime, provider: Provider, all: boolean): Promise<void> {
  const eyes = eyesOf(provider, (cloud) => cloud);
  const known = await survey(eyes, provider.name, runtime.store, runtime.clock.now());
  const announcer = openAnnouncer(runtime, provider, (cloud) => cloud);
  const { enabled } = provider.policy.tidying;
  console.log(`${provider.name}: tidying is ${enabled ? "on" : "off: nothing of this is done"}`);
  if (!known.seesAllProjects)
    console.log("  without staffCloud only the images of Darkroom's own project are looked at");
  const kept = new Map<string, number>();
  for (let place: Place | undefined = { part: "shown" }; place; ) {
    const page = await planPage({ runtime, provider, eyes, known, announcer }, place);
    for (const image of page.images) {
      if (image.rule !== null) kept.set(image.rule, (kept.get(image.rule) ?? 0) + 1);
      if (all || image.rule === null) console.log(`  ${inWords(image)}`);
    }
    place = page.next;
  }
  for (const [rule, count] of kept) console.log(`  kept, ${rule}: ${count}`);
}

function inWords({ id, name, owner, sizeBytes, rule, why, next }: PlannedImage): string {
  const size = sizeBytes === null ? "" : ` ${(sizeBytes / 2 ** 30).toFixed(1)} GiB`;
  const what = next ? `${next.do}${next.do === "wait" ? ` until ${next.at}` : ""}` : `kept (${rule})`;
  return `${what}: ${id} ${JSON.stringify(name)} of ${owner}${size}: ${why}`;
}
