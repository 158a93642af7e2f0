// A handful of deaths out of the matrix of `npm run test:kill`: where an answer is lost that decides whether something is made twice.
import { type Lane, openLane } from "./lane.ts";
import { play } from "./play.ts";
import { scenarios } from "./scenario.ts";

let lane: Lane;
beforeAll(async () => {
  lane = await openLane();
});
afterAll(() => lane.close());

const asIs = scenarios[0];
const cancelled = scenarios[3];
const cleaned = scenarios.find(({ name }) => name === "cleaned");

test.each([
  ["the door, once it has a trust", asIs, "create-image-request | cloud: POST /identity/v3/OS-TRUST/trusts"],
  ["the door, once the request is stored", asIs, "create-image-request | table: put request"],
  ["capture, once Nova makes the snapshot", asIs, "capture | cloud: POST /compute/v2.1/servers/ID/action createImage"],
  ["resume, once its outcome is written", asIs, "resume | table: request outcome"],
  ["sanitize, once Nova makes the temporary server", cleaned, "sanitize | cloud: POST /compute/v2.1/servers"],
  ["release, once the trust is deleted", cancelled, "release | cloud: DELETE /identity/v3/OS-TRUST/trusts/ID"],
] as const)(
  "killed by SIGKILL at %s: one image at most, nothing left, the server as found",
  async (_at, scenario, name) => {
    if (!scenario) throw new Error("no scenario");
    const played = await play(lane, scenario, { name, nth: 1, when: "after" });
    expect({ ...played, effects: [], tookMs: 0 }).toEqual({
      status: scenario.end,
      wrong: [],
      killed: true,
      effects: [],
      tookMs: 0,
    });
  },
);
