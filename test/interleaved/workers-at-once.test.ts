// Two workers at once, or one and the waker, or one and a person, in every order of their writes: one works, nothing is done twice or lost.
import { wakeOverdue } from "../../lib/workflow/waker.ts";
import {
  bench,
  callAs,
  clock,
  cloud,
  end,
  inEveryOrder,
  keep,
  oneSnapshot,
  requestAt,
  runtime,
  stage,
  statuses,
} from "./scene.ts";

describe("two workers at once", () => {
  for (const step of ["check", "quiesce", "capture", "resume", "publish", "release"] as const) {
    test(`on one message of ${step}: one works, and the request is completed with one snapshot`, async () => {
      let id = "";
      let before = 0;
      const scene = async () => {
        const at = await requestAt((request) => request.step === step);
        id = at.id;
        before = cloud.calls.length;
        return at.message;
      };
      stage.setBack();
      const alone = await scene();
      await bench.look(alone);
      const callsAlone = cloud.calls.length - before;
      await inEveryOrder(
        async () => {
          const message = await scene();
          return [() => bench.look(message), () => bench.look(message)];
        },
        async () => {
          const calls = cloud.calls.length - before;
          const idle =
            calls === callsAlone ? [] : [`${calls} calls to the cloud, where one worker makes ${callsAlone}`];
          return [...idle, ...(await end(id, "completed")), ...oneSnapshot()];
        },
      );
    });

    test(`of which the first's claim on ${step} has run out: what it comes back with does no harm`, async () => {
      let id = "";
      await inEveryOrder(
        async () => {
          const at = await requestAt((request) => request.step === step);
          id = at.id;
          const late = async () => {
            clock.advance(60_001); // as long as a worker may live
            await bench.look(at.message);
          };
          return [() => bench.look(at.message), late];
        },
        async () => [...(await end(id, "completed")), ...oneSnapshot()],
      );
    });

    test(`a waker and a late message of ${step}: one chain of messages`, async () => {
      let id = "";
      await inEveryOrder(
        async () => {
          const at = await requestAt((request) => request.step === step);
          id = at.id;
          clock.advance((at.request.wakeAtMs ?? 0) - clock.now() + 1);
          return [() => wakeOverdue(runtime), () => bench.look(at.message)];
        },
        async () => [...(await end(id, "completed")), ...oneSnapshot()],
      );
    });

    test(`a cancel while ${step} is being looked at is not lost`, async () => {
      let id = "";
      await inEveryOrder(
        async () => {
          const at = await requestAt((request) => request.step === step);
          id = at.id;
          return [() => bench.look(at.message), await callAs("alice", "cancel-image-request", id)];
        },
        async (run) => {
          const status = statuses(run)[1];
          const expected = step === "release" ? 409 : 202;
          if (status !== expected) return [`the cancel was answered ${status}`];
          return await end(id, status === 202 ? "cancelled" : "completed");
        },
      );
    });
  }

  test("a cancel, a decision and a worker: whatever was taken in holds", async () => {
    let id = "";
    await inEveryOrder(
      async () => {
        const at = await requestAt(({ step }) => step === "approve", keep);
        id = at.id;
        return [
          () => bench.look(at.message),
          await callAs("alice", "cancel-image-request", id),
          await callAs("carol", "decide-image-request", id, { decision: "approve" }),
        ];
      },
      async (run) => {
        const [, cancelled, decided] = statuses(run);
        if (cancelled !== 202 || (decided !== 200 && decided !== 409)) return [`answered ${statuses(run)}`];
        return await end(id, "cancelled");
      },
    );
  });
});
