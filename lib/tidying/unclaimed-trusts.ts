// Trusts of no request: left where a door died between making the delegation and storing the request.
import { log } from "../log.ts";
import { OpenStackFault, type Trust } from "../openstack/index.ts";
import type { Provider } from "../providers/provider.ts";
import { trustAttributes } from "../requests/delegation.ts";
import { isEnded } from "../requests/image-request.ts";
import type { Runtime } from "../runtime.ts";

/** A door's whole work takes less than a minute; clocks may differ. */
const unclaimedAfterMs = 3_600_000;
/** So many are deleted of one provider in one run. */
const maxPerRun = 100;

/** A trust is ours to delete if it carries our attributes, is older than an hour, and no live request has it in its ledger. */
export async function sweepTrusts({
  providers,
  store,
  clock,
}: Pick<Runtime, "providers" | "store" | "clock">): Promise<{ deleted: number }> {
  let deleted = 0;
  for (const provider of providers.all) {
    try {
      const { user } = await provider.service.token();
      const trusts = await provider.service.identity.listTrusts({ trusteeUserId: user.id });
      for (const trust of trusts.filter((each) => isOld(each, clock.now())).slice(0, maxPerRun)) {
        const request = await store.get(trust.extra[trustAttributes.request] ?? "");
        const claimed =
          request &&
          !isEnded(request) &&
          request.ledger.some((entry) => entry.kind === "trust" && entry.trustId === trust.id);
        if (!claimed && (await deleteTrust(provider, trust))) deleted += 1;
      }
    } catch (error) {
      if (!(error instanceof OpenStackFault)) throw error;
      log.warn("trusts not swept", { provider: provider.name, fault: error.message });
    }
  }
  if (deleted > 0) log.info("unclaimed trusts deleted", { deleted });
  return { deleted };
}

function isOld(trust: Trust, nowMs: number): boolean {
  const createdAt = trust.extra[trustAttributes.createdAt];
  return (
    createdAt !== undefined &&
    trust.extra[trustAttributes.mark] !== undefined &&
    Date.parse(createdAt) + unclaimedAfterMs < nowMs
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
