// What was decided about images is carried out, whatever stands before it in the list.
import { openMemoryTable } from "../../test/matrix/memory-table.ts";
import { openNoticeStore } from "../notify/notice-store.ts";
import type { Runtime } from "../runtime.ts";
import { finishPublicity } from "./finish-publicity.ts";
import { openPublicity } from "./publicity.ts";

beforeAll(() => {
  process.env.LOG_LEVEL = "silent";
});

test("fifty images that cannot be made public do not keep the next from its turn for ever", async () => {
  const table = openMemoryTable();
  const publicity = openPublicity(table);
  const by = { userId: "carol", userName: "carol" };
  const decided = async (imageId: string, decision: "approve" | "deny", at: string) => {
    const question = await publicity.ask({
      provider: "simulated",
      imageId,
      imageName: imageId,
      projectId: "p",
      projectName: "p",
      requester: { userId: "alice", userName: "alice" },
      reason: "",
      askedAt: at,
    });
    await publicity.decide(question, { decision, reason: "", by, at });
  };
  for (let image = 0; image < 50; image++) await decided(`stuck-${image}`, "approve", "2026-01-05T12:00:00.000Z");
  await decided("next", "deny", "2026-01-05T12:00:01.000Z");
  const runtime = {
    table,
    notices: openNoticeStore(table),
    queue: { poke: async () => undefined, send: async () => undefined },
    clock: { now: () => Date.parse("2026-01-05T12:05:00Z") },
    // Its staff credential was taken out of the policy: nobody may make an image public any more.
    providers: { all: [], find: () => undefined },
  } as unknown as Runtime;
  await finishPublicity(runtime);
  expect((await publicity.find("simulated", "next"))?.doneAt).toBeUndefined();
  await finishPublicity(runtime);
  expect((await publicity.find("simulated", "next"))?.doneAt).toBe("2026-01-05T12:05:00.000Z");
  expect((await publicity.find("simulated", "stuck-0"))?.doneAt).toBeUndefined();
});
