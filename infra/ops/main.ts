// `npm run ops -- reconcile --read-only`: what the table says and what the cloud has, side by side; `hold` and `release` of what the sweeps take away.
import { parseArgs } from "node:util";
import { reconcile } from "../../lib/tidying/reconcile.ts";
import { openTidyingStore } from "../../lib/tidying/store.ts";
import { command } from "./command.ts";

const usage = `npm run ops -- reconcile [--read-only] | hold --why TEXT | release   (--provider NAME: that one only)
  reconcile    compares; without --read-only it then lets the sweeps delete again, where it found nothing
  hold         nothing is deleted until release, by sweeps or by requests that were begun before`;

await command(usage, async (runtime) => {
  const options = { "read-only": { type: "boolean" }, why: { type: "string" }, provider: { type: "string" } } as const;
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  const [what] = positionals;
  const tidying = openTidyingStore(runtime.table);
  if (what !== "reconcile" && what !== "hold" && what !== "release") throw new Error("which command?");
  for (const provider of runtime.providers.all) {
    const { name } = provider;
    if (values.provider !== undefined && values.provider !== name) continue;
    if (what === "hold") await tidying.hold(name, { sinceMs: Date.now(), why: values.why ?? "an operator holds it" });
    if (what === "release") await tidying.release(name, Date.now());
    const { held } = await tidying.state(name);
    console.log(
      `${name}: ${held ? `nothing is deleted since ${new Date(held.sinceMs).toISOString()}: ${held.why}` : "sweeps may delete"}`,
    );
    if (what !== "reconcile") continue;
    let found = 0;
    for await (const { kind, about, text } of reconcile(runtime, provider, new AbortController().signal)) {
      found += 1;
      console.log(`  ${kind}: ${about}: ${text}`);
    }
    console.log(found === 0 ? "  table and cloud agree" : `  ${found} differences`);
    if (values["read-only"]) continue;
    // Also where nothing is held yet: a sweep that meets the same old table would hold by itself.
    if (found === 0) await tidying.release(name, Date.now());
    if (held && found === 0) {
      console.log("  sweeps may delete again");
    } else if (held) {
      console.log("  still held: mend these, or say `npm run ops -- release`");
    }
  }
});
