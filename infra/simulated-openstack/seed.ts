// What a new cloud begins with: people, images and servers in every state that matters. Every id is fixed, every password `simulated`.
import { seedFlavors, seedImages } from "./seed/images.ts";
import { seedPeople } from "./seed/people.ts";
import { seedServers } from "./seed/servers.ts";
import type { CloudState } from "./state.ts";

/** Parts of the state; what is absent is empty. */
export type SeedDocument = Partial<Omit<CloudState, "schemaVersion" | "signingKey" | "sequence" | "due">>;

export type SeedFunction = (nowMs: number) => SeedDocument;

export { demoIds } from "./seed/ids.ts";

/** The cloud that `npm start` shows: alice's servers in astro-lab, bob's in bio-lab, carol of the staff, the service user darkroom, an administrator. */
export const demoSeed: SeedFunction = (nowMs) => ({
  ...seedPeople(),
  flavors: seedFlavors(),
  images: seedImages(nowMs),
  ...seedServers(nowMs),
});
