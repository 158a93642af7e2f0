// One request becomes one published image: every road through the chain, on the simulated cloud.
import { asking, type Bench, startBench } from "./bench.ts";

let bench: Bench;
beforeEach(async () => {
  bench = await startBench();
});
afterEach(() => bench.close());

test("a running server becomes a private image and runs again, unlocked", async () => {
  const posted = await bench.call("create-image-request", "alice", {
    body: asking(bench, { description: "what it is", tags: ["a", "b"] }),
  });
  expect(posted).toMatchObject({ status: 202, headers: { location: `/v1/image-requests/${posted.body.id}` } });
  const request = await bench.drive(posted.body.id);
  expect(request.end).toEqual({ status: "completed" });
});
