// Trusts of no request: left where a door died between making the delegation and storing the request.
import { log } from "../log.ts";
import { OpenStackFault, type Trust } from "../openstack/index.ts";
import type { Provider } from "../providers/provider.ts";
import { trustAttributes } from "../requests/delegation.ts";
import { isEnded } from "../requests/image-request.ts";
import type { Runtime } from "../runtime.ts";
import { holdOfSweeps } from "./hold.ts";

/** A door's whole work takes less than a minute; clocks may differ. */
const unclaimedAfterMs = 3_600_000;
/** So often a deletion is tried for one provider in one run, and for so many trusts the request is looked up. */
const maxTries = 100;
const maxLooks = 2000;
const hourMs = 3_600_000;

type Surroundings = Pick<Runtime, "table" | "providers" | "store" | "clock">;

/** A trust is ours to delete if it carries our attributes, is older than an hour, and no live request has it in its ledger. One that has expired is worth nothing, and nobody can delete it with its own token. */
export async function sweepTrusts(runtime: Surroundings): Promise<{ deleted: number }> {
  let deleted = 0;
  for (const provider of runtime.providers.all) {
    try {
      deleted += await sweepTrustsOf(runtime, provider);
    } catch (error) {
      if (!(error instanceof OpenStackFault)) throw error;
      log.warn("trusts not swept", { provider: provider.name, fault: error.message });
    }
  }
  if (deleted > 0) log.info("unclaimed trusts deleted", { deleted });
  return { deleted };
}

async function sweepTrustsOf({ table, store, clock }: Surroundings, provider: Provider): Promise<number> {
  const nowMs = clock.now();
  if (await holdOfSweeps(table, provider.name, nowMs)) return 0;
  const { user } = await provider.service.token();
  const trusts = await provider.service.identity.listTrusts({ trusteeUserId: user.id });
  const old = trusts.filter((trust) => isOld(trust, nowMs) && !isExpired(trust, nowMs));
  let tries = 0;
  let deleted = 0;
  for (const trust of inTurn(old, nowMs).slice(0, maxLooks)) {
    if (tries === maxTries) break;
    if (await isClaimed(store, trust)) continue;
    tries += 1;
    if (await deleteTrust(provider, trust)) deleted += 1;
  }
  return deleted;
}

/** Begins further on in each hour: what is claimed, or what nobody can delete, does not stand before the rest for ever. */
function inTurn(trusts: readonly Trust[], nowMs: number): Trust[] {
  const from = trusts.length === 0 ? 0 : (Math.floor(nowMs / hourMs) * maxTries) % trusts.length;
  return [...trusts.slice(from), ...trusts.slice(0, from)];
}

function isOld({ extra }: Trust, nowMs: number): boolean {
  const createdAt = extra[trustAttributes.createdAt];
  return (
    createdAt !== undefined &&
    extra[trustAttributes.mark] !== undefined &&
    Date.parse(createdAt) + unclaimedAfterMs < nowMs
  );
}

function isExpired({ expiresAt }: Trust, nowMs: number): boolean {
  return expiresAt !== null && Date.parse(expiresAt) <= nowMs;
}

async function isClaimed(store: Runtime["store"], trust: Trust): Promise<boolean> {
  const request = await store.get(trust.extra[trustAttributes.request] ?? "");
  return (
    request !== undefined &&
    !isEnded(request) &&
    request.ledger.some((entry) => entry.kind === "trust" && entry.trustId === trust.id)
  );
}

/** Only a trust's own token, or the trustor, may delete it. False where it could not be. */
async function deleteTrust(provider: Provider, trust: Trust): Promise<boolean> {
  try {
    await provider.service.asTrust(trust.id).identity.deleteTrust(trust.id);
    return true;
  } catch (error) {
    if (!(error instanceof OpenStackFault)) throw error;
    log.warn("trust not deleted", {
      provider: provider.name,
      mark: trust.extra[trustAttributes.mark],
      fault: error.message,
    });
    return false;
  }
}
