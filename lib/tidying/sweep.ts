// One pass over the images of a provider: in pages, one run at a time, going on where the last run's time was over.
import { randomUUID } from "node:crypto";
import { callLog } from "../call-log.ts";
import { log } from "../log.ts";
import { type Image, ifThere, OpenStackFault } from "../openstack/index.ts";
import type { Provider } from "../providers/provider.ts";
import type { Runtime } from "../runtime.ts";
import { type Done, giveImageBack, lastLook, type Surroundings, type Treated, treat } from "./act.ts";
import { atOnce } from "./at-once.ts";
import { holdOfSweeps } from "./hold.ts";
import type { RuleName } from "./judge.ts";
import type { Known } from "./known.ts";
import type { TidyingNotice } from "./notice.ts";
import { asBefore } from "./out-of-use.ts";
import { MarkerGone, type ShelfPage, shelfPage, verdictOf } from "./shelf.ts";
import { deactivatedByUs, isTaken, type StageRecord, settledAfterMs } from "./stage.ts";
import { openTidyingStore, type Place, type Progress, type SweepState, type TidyingStore } from "./store.ts";
import { CannotSee, type Eyes, eyesOf, survey } from "./survey.ts";

/** How a sweep is called. */
export interface Run {
  /** Ends calls to the cloud. */
  readonly signal: AbortSignal;
  remainingMs(): number;
  /** False: there is nobody to be told. */
  tell(notice: TidyingNotice): Promise<boolean>;
}

export interface SweepReport {
  readonly provider: string;
  /** `ended`: the pass is through; `paused`: the next run goes on; `not-due`: the last pass is not old enough; `busy`: another run has it; `failed`: nothing was judged, see `why`. */
  readonly outcome: "ended" | "paused" | "not-due" | "busy" | "failed";
  readonly why?: string;
  /** Every project's servers and volumes were seen. Without it only the images of our own project were looked at. */
  readonly seesAllProjects: boolean;
  readonly looked: number;
  readonly kept: Partial<Record<RuleName, number>>;
  readonly done: Partial<Record<Done | "given-back", number>>;
  readonly held?: string;
}

/** From the beginning of one pass to the beginning of the next. */
export const passEveryMs = 20 * 3_600_000;
/** A run stops where less than this is left: a page and its actions take no longer. */
const reserveMs = 45_000;
const actionsAtOnce = 4;
const recordsPerPage = 100;
const purgedAtOnce = 200;
const maxPurged = 5000;

export async function sweepProvider(
  runtime: Pick<Runtime, "table" | "store" | "clock">,
  provider: Provider,
  run: Run,
): Promise<SweepReport> {
  const tidying = openTidyingStore(runtime.table);
  const nowMs = runtime.clock.now();
  const lease = { token: randomUUID(), untilMs: nowMs + run.remainingMs() + 60_000 };
  const report = { provider: provider.name, seesAllProjects: provider.staff !== undefined, looked: 0 };
  const state = await tidying.begin(provider.name, lease, nowMs);
  if (!state) return { ...report, outcome: "busy", kept: {}, done: {} };
  try {
    if (!state.place && !isPassDue(state, nowMs) && !isLastLookDue(state, nowMs))
      return { ...report, outcome: "not-due", kept: {}, done: {} };
    return await new Pass(runtime, provider, run, tidying, lease.token, state).go();
  } catch (error) {
    if (!(error instanceof OpenStackFault) && !(error instanceof CannotSee)) throw error;
    // A cloud that is away comes back; a credential that does not see enough is an operator's affair.
    const say = error instanceof CannotSee ? log.error : log.warn;
    say("shelf not swept", { provider: provider.name, fault: error.message });
    return { ...report, outcome: "failed", why: error.message, kept: {}, done: {} };
  } finally {
    await tidying.end(provider.name, lease.token);
  }
}

function isPassDue({ passBeganAtMs = 0 }: SweepState, nowMs: number): boolean {
  return nowMs - passBeganAtMs >= passEveryMs || nowMs < passBeganAtMs;
}

/** What a pass put out of use goes in the run after it, not a day later. */
function isLastLookDue({ deactivatedAtMs }: SweepState, nowMs: number): boolean {
  return deactivatedAtMs !== undefined && nowMs - deactivatedAtMs >= settledAfterMs;
}

class Pass {
  readonly #runtime: Pick<Runtime, "table" | "store" | "clock">;
  readonly #provider: Provider;
  readonly #run: Run;
  readonly #tidying: TidyingStore;
  readonly #token: string;
  readonly #state: SweepState;
  readonly #eyes: Eyes;
  readonly #kept: Partial<Record<RuleName, number>> = {};
  readonly #done: Partial<Record<Done | "given-back", number>> = {};
  #looked = 0;
  #deleted = 0;
  #pass = "";
  #held: string | undefined;
  #deactivatedAtMs: number | undefined;
  #survey: { readonly known: Promise<Known>; readonly beganAtMs: number } | undefined;

  constructor(
    runtime: Pick<Runtime, "table" | "store" | "clock">,
    provider: Provider,
    run: Run,
    tidying: TidyingStore,
    token: string,
    state: SweepState,
  ) {
    this.#runtime = runtime;
    this.#provider = provider;
    this.#run = run;
    this.#tidying = tidying;
    this.#token = token;
    this.#state = state;
    this.#eyes = eyesOf(provider, (cloud) => cloud.within(run.signal, callLog({ sweep: provider.name })));
  }

  async go(): Promise<SweepReport> {
    const nowMs = this.#runtime.clock.now();
    const { place: left, pass, deleted, deactivatedAtMs } = this.#state;
    const begins = pass === undefined || (!left && isPassDue(this.#state, nowMs));
    this.#pass = begins ? randomUUID() : pass;
    this.#deleted = begins ? 0 : (deleted ?? 0);
    this.#deactivatedAtMs = deactivatedAtMs;
    this.#held = (await holdOfSweeps(this.#runtime.table, this.#provider.name, nowMs, this.#state))?.why;
    let place: Place | undefined = left ?? { part: begins ? "shown" : "returns" };
    const begun = begins ? { pass: this.#pass, passBeganAtMs: nowMs, deleted: 0 } : {};
    await this.#keep({
      ...begun,
      place,
      activeAtMs: nowMs,
      ...(this.#state.tableId === undefined && { tableId: await this.#runtime.table.identity() }),
    });
    while (place) {
      if (this.#run.remainingMs() < reserveMs) return this.#report("paused");
      place = await this.#next(place);
      const activeAtMs = this.#runtime.clock.now();
      if (!place && this.#isSettled(this.#deactivatedAtMs)) this.#deactivatedAtMs = undefined;
      const reached = { place, deleted: this.#deleted, deactivatedAtMs: this.#deactivatedAtMs };
      await this.#keep({ ...reached, activeAtMs, ...(!place && { passEndedAtMs: activeAtMs }) });
    }
    await this.#purge();
    return this.#report("ended");
  }

  /** What is more than a year old; sweeps and orphans together write fewer in a day than are purged in a pass. */
  async #purge(): Promise<void> {
    for (let purged = 0; purged < maxPurged && this.#run.remainingMs() >= reserveMs; purged += purgedAtOnce) {
      const nowMs = this.#runtime.clock.now();
      if ((await this.#tidying.purgeDeletions(this.#provider.name, nowMs, purgedAtOnce)) < purgedAtOnce) return;
    }
  }

  async #next(place: Place): Promise<Place | undefined> {
    if (place.part === "returns") return await this.#returns(place);
    const next: Place = place.part === "shown" ? { part: "hidden" } : { part: "returns" };
    // Switched off, there is nothing to be told or hidden; what was, is given back.
    if (!this.#provider.policy.tidying.enabled) return next;
    const { images, last } = await this.#page(place);
    await atOnce(images, actionsAtOnce, (image) => this.#image(image));
    if (last) return next;
    const after = images.at(-1)?.id ?? place.after;
    return { part: place.part, ...(after !== undefined && { after }) };
  }

  /** Where the image at which the last page ended is gone, the list is read from its beginning: looking twice does no harm. */
  async #page({ part, after }: Place): Promise<ShelfPage> {
    const known = await this.#look();
    const hidden = part === "hidden";
    try {
      return await shelfPage(this.#eyes, known, { hidden, after });
    } catch (error) {
      if (!(error instanceof MarkerGone)) throw error;
      return await shelfPage(this.#eyes, known, { hidden });
    }
  }

  async #image(image: Image): Promise<void> {
    this.#looked += 1;
    const verdict = await this.#verdict(image);
    if (verdict.kind === "kept") return this.#stays(verdict.rule);
    const done = await treat(image, verdict, this.#surroundings());
    if (done === "deactivated") this.#deactivatedAtMs = this.#runtime.clock.now();
    this.#tally(done);
  }

  async #verdict(image: Image) {
    const judged = await asBefore(image, this.#tidying, this.#provider.name);
    return await verdictOf(judged, await this.#look(), this.#eyes, this.#provider, this.#runtime);
  }

  /** Images whose last look has come; and those that were on their way out and were no candidates in this pass: used again, kept, gone; or tidying was switched off. */
  async #returns({ after }: Place): Promise<Place | undefined> {
    const { records, more } = await this.#tidying.listStages(this.#provider.name, recordsPerPage, after);
    const { enabled } = this.#provider.policy.tidying;
    // A deletion that died, or whose answer was lost, is brought to its end here as well.
    const unseen = records.filter(
      (record) => !enabled || record.pass !== this.#pass || record.stage === "deleting" || deactivatedByUs(record),
    );
    await atOnce(unseen, actionsAtOnce, (record) => this.#return(record));
    const last = records.at(-1);
    return more && last ? { part: "returns", after: last.imageId } : undefined;
  }

  async #return(record: StageRecord): Promise<void> {
    const { enabled } = this.#provider.policy.tidying;
    const nowMs = this.#runtime.clock.now();
    const isOthers = isTaken(record, nowMs);
    if (enabled && deactivatedByUs(record) && !isOthers) {
      await this.#look();
      const settled = this.#isSettled(record.deactivatedAtMs);
      if (settled && this.#held === undefined)
        return await this.#refusable(record, () => lastLook(record, this.#surroundings()));
      if (!settled && record.pass === this.#pass) return; // put out of use in this very pass
    }
    const image = await ifThere(this.#eyes.cloud.image.getImage(record.imageId));
    // A word holds while tidying is switched off, too.
    if (image && record.stage === "kept" && (record.keptUntilMs ?? 0) > nowMs) return;
    if (image && enabled) {
      if (isOthers) return this.#count("another-run");
      const verdict = await this.#verdict(image);
      if (verdict.kind === "candidate") return; // its page was read before it became one
    }
    await this.#refusable(record, async () => {
      await giveImageBack(record, image, this.#surroundings());
      return "given-back";
    });
  }

  async #refusable({ imageId }: StageRecord, work: () => Promise<Treated | "given-back">): Promise<void> {
    try {
      this.#tally(await work());
    } catch (error) {
      if (!(error instanceof OpenStackFault) || ["unavailable", "throttled"].includes(error.kind)) throw error;
      log.warn("image neither deleted nor given back", { imageId, fault: error.message });
      this.#count("refused");
    }
  }

  #surroundings(): Surroundings {
    return {
      runtime: this.#runtime,
      provider: this.#provider,
      eyes: this.#eyes,
      tidying: this.#tidying,
      pass: this.#pass,
      mayDelete: async () => {
        if (this.#held !== undefined || this.#deleted >= this.#provider.policy.tidying.deletionsPerPass) return false;
        this.#deleted += 1;
        // Before, for a run that dies in the middle of a page writes nothing more.
        await this.#keep({ deleted: this.#deleted });
        return true;
      },
      known: () => this.#look(),
      tell: (notice) => this.#run.tell(notice),
    };
  }

  /** Once a run, for all that ask at the same time. */
  #look(): Promise<Known> {
    const beganAtMs = this.#runtime.clock.now();
    this.#survey ??= { known: survey(this.#eyes, this.#provider.name, this.#runtime.store, beganAtMs), beganAtMs };
    return this.#survey.known;
  }

  /** Did this run's survey begin after nothing could begin any more to need what was put out of use then? */
  #isSettled(deactivatedAtMs: number | undefined): boolean {
    if (deactivatedAtMs === undefined || !this.#survey) return false;
    return this.#survey.beganAtMs >= deactivatedAtMs + settledAfterMs;
  }

  #tally(treated: Treated | "given-back"): void {
    if (treated === "owner-unreachable") this.#stays(treated);
    else this.#count(treated);
  }

  #stays(rule: RuleName): void {
    this.#kept[rule] = (this.#kept[rule] ?? 0) + 1;
  }

  #count(outcome: Done | "given-back"): void {
    this.#done[outcome] = (this.#done[outcome] ?? 0) + 1;
  }

  async #keep(state: Progress): Promise<void> {
    const kept = await this.#tidying.progress(this.#provider.name, this.#token, state);
    if (!kept) throw new CannotSee("another run has taken over");
  }

  #report(outcome: SweepReport["outcome"]): SweepReport {
    const report: SweepReport = {
      provider: this.#provider.name,
      outcome,
      seesAllProjects: this.#eyes.isStaff,
      looked: this.#looked,
      kept: this.#kept,
      done: this.#done,
      ...(this.#held !== undefined && { held: this.#held }),
    };
    log.info("shelf swept", { ...report });
    return report;
  }
}
