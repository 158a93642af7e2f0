// Cleaning and proving, cancelled at every point that people can see: each time nothing is left, and the server is as it was found.

import type { ImageRequest } from "../../lib/requests/image-request.ts";
import { type Bench, expectNothingLeft, serverNow } from "./bench.ts";
import { guestsSay, post, reply, startCleaningBench } from "./speaking-guests.ts";

let bench: Bench;
beforeEach(async () => {
  bench = await startCleaningBench();
  guestsSay(bench, {});
});
afterEach(() => bench.close());

const placeOf = ({ step, waiting }: ImageRequest) => `${step}: ${waiting?.why ?? "reached"}`;

/** Goes the whole road, a question included; `stopAt`: only until it stands there. */
async function goTo(id: string, stopAt?: string): Promise<{ request: ImageRequest; places: Set<string> }> {
  const places = new Set<string>();
  const until = async (request: ImageRequest) => {
    places.add(placeOf(request));
    if (placeOf(request) === stopAt) return true;
    if (request.waiting?.question && !request.lastAnswered) await reply(bench, id, { review: "accept" });
    return request.endedAt !== undefined;
  };
  return { request: await bench.drive(id, until), places };
}

test("cancelled anywhere between the snapshot and the end: nothing is left", async () => {
  const whole = await goTo(await post(bench, { name: "whole", review: true }));
  expect(whole.request.end).toEqual({ status: "completed" });
  const later = ["capture", "resume", "sanitize", "describe", "verify", "publish", "distribute"];
  const places = [...whole.places].filter((place) => later.includes(place.slice(0, place.indexOf(":"))));
  expect(places.length).toBeGreaterThan(20);
  for (const [at, place] of places.entries()) {
    const id = await post(bench, { name: `cancelled ${at}`, review: true });
    await goTo(id, place);
    const { status } = await bench.call("cancel-image-request", "alice", { id, body: { reason: "at any point" } });
    expect([place, status]).toEqual([place, 202]);
    const ended = await bench.drive(id);
    expect([place, ended.end?.status]).toEqual([place, "cancelled"]);
    await expectNothingLeft(bench, ended, { image: false });
    expect(serverNow(bench, "analysis-1")).toMatchObject({ vmState: "active", lockedBy: null, taskState: null });
  }
});
