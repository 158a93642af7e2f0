// The question whether an image shall be public, asked, withdrawn and decided at once, in every order of the writes: what was answered holds.
import { finishPublicity } from "../../lib/images/finish-publicity.ts";
import { callAs, cloud, inEveryOrder, runtime, stage, statuses } from "./scene.ts";

const id = cloud.ids.image("taken-name");
const yes = { decision: "approve" };
const no = { decision: "deny", reason: "not yet" };
const questions = () => [...stage.table.items.keys()].filter((key) => key.startsWith("publicity#"));

async function asked() {
  const answer = await (await callAs("alice", "ask-publicity", id))();
  if (answer.status !== 200) throw new Error(`not asked: ${JSON.stringify(answer.body)}`);
}

/** What is left to do is done, and it is as `expected`. */
async function endsAs(expected: string | undefined): Promise<string[]> {
  await finishPublicity(runtime);
  const visibility = cloud.state.images[id]?.visibility;
  return visibility === expected ? [] : [`the image is ${visibility}, not ${expected}`];
}

describe("publicity at once", () => {
  test("a yes and a withdrawal: one of them counts, the other is told so", async () => {
    await inEveryOrder(
      async () => {
        await asked();
        return [await callAs("carol", "decide-publicity", id, yes), await callAs("alice", "withdraw-publicity", id)];
      },
      async (run) => {
        const [decided, withdrawn] = statuses(run);
        if (decided === 200 && withdrawn === 409) return await endsAs("public");
        if ((decided === 404 || decided === 409) && withdrawn === 204) return await endsAs("private");
        return [`answered ${statuses(run)}`];
      },
    );
  });

  test("a yes and a no: one counts, the other is told so", async () => {
    await inEveryOrder(
      async () => {
        await asked();
        return [await callAs("carol", "decide-publicity", id, yes), await callAs("carol", "decide-publicity", id, no)];
      },
      async (run) => {
        const [approved, denied] = statuses(run);
        if (approved === 200 && denied === 409) return await endsAs("public");
        if (approved === 409 && denied === 200) return await endsAs("private");
        return [`answered ${statuses(run)}`];
      },
    );
  });

  test("asked twice it is one question", async () => {
    await inEveryOrder(
      async () => [await callAs("alice", "ask-publicity", id), await callAs("alice", "ask-publicity", id)],
      async (run) => {
        if (statuses(run).join() !== "200,200") return [`answered ${statuses(run)}`];
        return questions().length === 1 ? await endsAs("private") : [`${questions().length} questions`];
      },
    );
  });

  test("a yes while its owner deletes the image: it is gone, and nothing is left to be done about it", async () => {
    await inEveryOrder(
      async () => {
        await asked();
        return [await callAs("carol", "decide-publicity", id, yes), await callAs("alice", "delete-image", id)];
      },
      async (run) => {
        const [decided, deleted] = statuses(run);
        // 409: the question went with the image between staff's look and their word.
        if (deleted !== 204 || ![200, 404, 409].includes(Number(decided))) return [`answered ${statuses(run)}`];
        const wrong = await endsAs(undefined);
        const due = [...stage.table.items.values()].filter(({ listKey }) => listKey === "due#publicity");
        return due.length === 0 ? wrong : [...wrong, `still to be done: ${JSON.stringify(due)}`];
      },
    );
  });
});
