// Answers to a question while somebody looks, beside each other and beside a cancel, in every order of their writes: what was taken in holds.
import { statusOf } from "../../lib/requests/image-request.ts";
import { bench, callAs, clock, end, inEveryOrder, oneSnapshot, requestAt, runtime, statuses } from "./scene.ts";

const accept = { review: "accept" };
const reject = { review: "reject", reason: "no" };

/** The request asks its requester to try the image. `message`: a look at it. */
async function asking() {
  const { id, request } = await requestAt((now) => statusOf(now) === "asking", { review: true });
  const { step, version } = request;
  return { id, request, message: { schemaVersion: 1, requestId: id, step, version } as const };
}

describe("answers at once", () => {
  test.each(["arrives", "is lost, so that the waker sends it"])(
    "an answer while its question is being looked at, whose message %s",
    async (fate) => {
      let id = "";
      await inEveryOrder(
        async () => {
          const at = await asking();
          id = at.id;
          return [() => bench.look(at.message), await callAs("alice", "answer-image-request", id, accept)];
        },
        async (run) => {
          if (statuses(run)[1] !== 202) return [`the answer was answered ${statuses(run)[1]}`];
          const begunMs = clock.now();
          if (fate !== "arrives") bench.queue.splice(0);
          await bench.drive(id, ({ step }) => step === "publish");
          const late = clock.now() - begunMs > 120_000 ? ["it waited although it was answered"] : [];
          return [...late, ...(await end(id, "completed")), ...oneSnapshot()];
        },
      );
    },
  );

  test("an answer while the question is only being asked: it is not asked yet, or the answer holds", async () => {
    let id = "";
    await inEveryOrder(
      async () => {
        const at = await requestAt(({ step }) => step === "verify", { review: true });
        id = at.id;
        return [() => bench.look(at.message), await callAs("alice", "answer-image-request", id, accept)];
      },
      async (run) => {
        const [, status] = statuses(run);
        if (status === 202) return await end(id, "completed");
        if (status !== 409) return [`the answer was answered ${status}`];
        await bench.drive(id, (now) => statusOf(now) === "asking");
        const again = await (await callAs("alice", "answer-image-request", id, accept))();
        if (again.status !== 202) return [`asked, the answer was answered ${again.status}`];
        return await end(id, "completed");
      },
    );
  });

  for (const [what, first, second] of [
    ["an accept and a reject", accept, reject],
    ["a reject and an accept", reject, accept],
  ] as const) {
    test(`${what}: one counts, the other is told so`, async () => {
      let id = "";
      await inEveryOrder(
        async () => {
          id = (await asking()).id;
          return [
            await callAs("alice", "answer-image-request", id, first),
            await callAs("alice", "answer-image-request", id, second),
          ];
        },
        async (run) => {
          if (statuses(run).toSorted().join() !== "202,409") return [`answered ${statuses(run)}`];
          const counted = statuses(run)[0] === 202 ? first : second;
          return await end(id, counted === accept ? "completed" : "cancelled rejected");
        },
      );
    });
  }

  test("an answer and a cancel: neither is lost, the cancel wins", async () => {
    let id = "";
    await inEveryOrder(
      async () => {
        id = (await asking()).id;
        return [
          await callAs("alice", "answer-image-request", id, accept),
          await callAs("alice", "cancel-image-request", id),
        ];
      },
      async (run) => {
        if (statuses(run).join() !== "202,202") return [`answered ${statuses(run)}`];
        return await end(id, "cancelled");
      },
    );
  });

  test("an answer while the deadline is found to be over: it is taken in and holds, or is told to be too late", async () => {
    let id = "";
    await inEveryOrder(
      async () => {
        const at = await asking();
        id = at.id;
        clock.advance(Date.parse(at.request.waiting?.question?.deadline ?? "") - clock.now() + 1);
        return [() => bench.look(at.message), await callAs("alice", "answer-image-request", id, accept)];
      },
      async (run) => {
        const [, status] = statuses(run);
        if (status !== 202 && status !== 409) return [`the answer was answered ${status}`];
        return await end(id, status === 202 ? "completed" : "expired not-answered");
      },
    );
  });
});

describe("a decision at the end of its time", () => {
  test("while the deadline is found to be over: it is taken in and holds, or is told to be too late", async () => {
    let id = "";
    await inEveryOrder(
      async () => {
        const keepPaths = [{ path: "/srv", reason: "x" }];
        const { request } = await requestAt((now) => statusOf(now) === "awaiting-approval", { keepPaths });
        id = request.id;
        clock.advance(Date.parse(request.approvalDeadline) - clock.now() + 1);
        const { step, version } = request;
        const look = () => bench.look({ schemaVersion: 1, requestId: id, step, version });
        return [look, await callAs("carol", "decide-image-request", id, { decision: "approve" })];
      },
      async (run) => {
        const [, status] = statuses(run);
        if (status !== 200 && status !== 409) return [`the decision was answered ${status}`];
        const now = await runtime.store.get(id);
        if (status === 200 && now?.end?.status === "expired") return ["it was decided, and expired"];
        return [];
      },
    );
  });
});
