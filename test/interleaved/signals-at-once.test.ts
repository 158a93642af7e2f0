// Decisions and cancels at once, and while somebody looks, in every order of their writes: what was taken in holds.
import type { ImageRequest } from "../../lib/requests/image-request.ts";
import { bench, callAs, clock, end, inEveryOrder, keep, requestAt, statuses } from "./scene.ts";

describe("signals at once", () => {
  const waiting = (request: ImageRequest) => request.step === "approve";
  const yes = { decision: "approve" };
  const no = { decision: "deny", reason: "no" };

  test.each(["arrives", "is lost, so that the waker sends it"])(
    "a decision while approve is being looked at, whose message %s",
    async (fate) => {
      let id = "";
      await inEveryOrder(
        async () => {
          const at = await requestAt(waiting, keep);
          id = at.id;
          return [() => bench.look(at.message), await callAs("carol", "decide-image-request", id, yes)];
        },
        async (run) => {
          if (statuses(run)[1] !== 200) return [`the decision was answered ${statuses(run)[1]}`];
          const begunMs = clock.now();
          if (fate !== "arrives") bench.queue.splice(0);
          const decided = await bench.drive(id, ({ step }) => step === "quiesce");
          const late = clock.now() - begunMs > 120_000 ? ["it waited although it was decided"] : [];
          return [...late, ...(await end(decided.id, "completed"))];
        },
      );
    },
  );

  for (const [what, first, second] of [
    ["a yes and a no", yes, no],
    ["a no and a yes", no, yes],
  ] as const) {
    test(`${what}: one counts, the other is told so`, async () => {
      let id = "";
      await inEveryOrder(
        async () => {
          id = (await requestAt((request) => waiting(request) && request.waiting !== undefined, keep)).id;
          return [
            await callAs("carol", "decide-image-request", id, first),
            await callAs("carol", "decide-image-request", id, second),
          ];
        },
        async (run) => {
          if (statuses(run).toSorted().join() !== "200,409") return [`answered ${statuses(run)}`];
          const counted = statuses(run)[0] === 200 ? first : second;
          return await end(id, counted === yes ? "completed" : "denied");
        },
      );
    });
  }

  test("a cancel and a decision: neither is lost, the cancel wins", async () => {
    let id = "";
    await inEveryOrder(
      async () => {
        id = (await requestAt((request) => waiting(request) && request.waiting !== undefined, keep)).id;
        return [
          await callAs("alice", "cancel-image-request", id),
          await callAs("carol", "decide-image-request", id, yes),
        ];
      },
      async (run) => {
        if (statuses(run).join() !== "202,200") return [`answered ${statuses(run)}`];
        return await end(id, "cancelled");
      },
    );
  });

  test("two cancels are one", async () => {
    let id = "";
    await inEveryOrder(
      async () => {
        id = (await requestAt(({ step }) => step === "capture")).id;
        return [await callAs("alice", "cancel-image-request", id), await callAs("alice", "cancel-image-request", id)];
      },
      async (run) => {
        if (statuses(run).join() !== "202,202") return [`answered ${statuses(run)}`];
        return await end(id, "cancelled");
      },
    );
  });
});
