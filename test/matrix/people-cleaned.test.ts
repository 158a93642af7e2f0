// What people do while an image is cleaned and proven, at every wait: it still ends, nothing is left, and what was cancelled is cancelled.
import { meddlingsWithCleaning } from "./cleaning-meddling.ts";
import { peopleMatrix } from "./people-matrix.ts";
import { stepsOfCleaning } from "./stage.ts";

/** Of what is done to any request, only what meets these steps otherwise. */
const alsoElsewhere = ["requester cancels", "owner deletes the server", "owner deletes the trust"];

await peopleMatrix("cleaned", "where the operator's credential tidies up", {
  policy: { staffCloud: "admin" },
  columns: [...alsoElsewhere, ...Object.keys(meddlingsWithCleaning)],
  steps: stepsOfCleaning,
  looksOnly: true,
  speed: 10,
});
