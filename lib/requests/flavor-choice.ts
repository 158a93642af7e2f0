// Which flavor a temporary server gets: the policy's, else the least that fits.
import type { Flavor, Image } from "../openstack/index.ts";
import type { Policy } from "../providers/policy.ts";
import { type Problem, problem } from "./problem.ts";

/** What an image needs; of an image that is not made yet, what is known of it. */
export type Needs = Pick<Image, "virtualSizeBytes" | "minDiskGib" | "minRamMib">;

/**
 * The least disk at or above the virtual size, among these the least memory at or above the image's own and the policy's least. Nova refuses a
 * disk below `min_disk` at once, and one below the virtual size only after it said yes (measured on Zed). A disk of 0 is the image's own size, which
 * most clouds grant to administrators only (nova/policies/servers.py, zero_disk_flavor).
 */
export function chooseFlavor(flavors: readonly Flavor[], needs: Needs, policy: Policy): Flavor | undefined {
  if (policy.testFlavor !== undefined)
    return flavors.find(({ id, name }) => id === policy.testFlavor || name === policy.testFlavor);
  const diskGib = neededDiskGib(needs);
  const ramMib = Math.max(needs.minRamMib, policy.testRamMib);
  const fitting = flavors.filter(
    (flavor) => !flavor.disabled && flavor.diskGib > 0 && flavor.diskGib >= diskGib && flavor.ramMib >= ramMib,
  );
  return fitting.sort((a, b) => a.diskGib - b.diskGib || a.ramMib - b.ramMib || a.vcpus - b.vcpus)[0];
}

export function noFlavor(needs: Needs, policy: Policy): Problem {
  const wanted = policy.testFlavor
    ? `the flavor ${policy.testFlavor}, which the policy names for it`
    : `a flavor with a disk of at least ${neededDiskGib(needs)} GiB and ${Math.max(needs.minRamMib, policy.testRamMib)} MiB of memory`;
  return problem(
    "no-flavor",
    "No flavor for the temporary server",
    `The image cannot be booted to be cleaned and proven: the project has not ${wanted}.`,
    { remedy: "Tell the support of this cloud." },
  );
}

function neededDiskGib({ virtualSizeBytes, minDiskGib }: Needs): number {
  return Math.max(minDiskGib, Math.ceil((virtualSizeBytes ?? 0) / 2 ** 30));
}
