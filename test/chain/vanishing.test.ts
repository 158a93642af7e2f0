// A cloud that loses sight of a temporary server for a moment: one 404 is no proof that it is gone.
import { type Bench, expectNothingLeft, temporaryServers } from "./bench.ts";
import { guestsSay, post, startCleaningBench } from "./speaking-guests.ts";

let bench: Bench;
beforeEach(async () => {
  bench = await startCleaningBench();
  guestsSay(bench, {});
});
afterEach(() => bench.close());

test.each(["sanitize", "verify"] as const)(
  "one look at 404s when the temporary server of %s is to be taken away does not leave it behind",
  async (step) => {
    const id = await post(bench);
    // The next look is the one at which the server has done its work: the cleaned image is there, or the guest was heard.
    for (let looks = 0, done = false; looks < 200 && !done; looks++) {
      const { version } = (await bench.runtime.store.get(id)) ?? {};
      const request = await bench.drive(id, (each) => each.version !== version || each.endedAt !== undefined);
      if (request.endedAt) throw new Error("it ended before");
      const heard = (await bench.runtime.evidence.find(id, "verify"))?.report !== undefined;
      done = request.step === step && (step === "verify" ? heard : /^Glance says/.test(request.waiting?.why ?? ""));
    }
    bench.clock.advance(60_000); // by then Nova has finished what it was at
    const [name] = temporaryServers(bench);
    const server = Object.values(bench.cloud.state.servers).find((each) => each.name === name);
    if (!server) throw new Error("no temporary server");
    const times = step === "sanitize" ? 2 : 1; // so often one look asks for it
    const fault = bench.cloud.faults.add({
      service: "compute",
      method: "GET",
      path: new RegExp(`/servers/${server.id}$`),
      times,
      when: "before",
      answer: { status: 404, body: { itemNotFound: { code: 404, message: "Instance could not be found." } } },
    });
    const request = await bench.drive(id);
    expect(fault.hits).toBe(times);
    expect(request.end).toEqual({ status: "completed" });
    await expectNothingLeft(bench, request, { image: true });
  },
);
