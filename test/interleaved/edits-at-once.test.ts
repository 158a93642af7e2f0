// Two people change one image at once, in every order of their writes: the cloud knows no condition, so what If-Match promises is told to the turn.
import type { Run } from "./interleavings.ts";
import { bench, callAs, cloud, inEveryOrder, statuses } from "./scene.ts";

const id = cloud.ids.image("taken-name");
const image = () => {
  const found = cloud.state.images[id];
  if (!found) throw new Error("the image is gone");
  return found;
};

/** Its first turn reads, its second is the write to Glance. */
function turnsOf({ turns }: Run, actor: number): number[] {
  return [...turns].flatMap((turn, at) => (turn === String(actor) ? [at] : []));
}

/** Who was refused has written nothing. */
const writtenAt = (run: Run, actor: number) => turnsOf(run, actor)[1] ?? Number.POSITIVE_INFINITY;
const readBefore = (run: Run, actor: number, other: number) =>
  (turnsOf(run, actor)[0] as number) < writtenAt(run, other);

describe("edits at once", () => {
  test("with what both saw: who reads after the other wrote is refused; only in the same instant both are made", async () => {
    const seen = await bench.call("get-image", "alice", { id });
    const headers = { "if-match": String(seen.headers.etag) };
    await inEveryOrder(
      async () => [
        await callAs("alice", "change-image", id, { description: "one" }, headers),
        await callAs("alice", "change-image", id, { description: "two" }, headers),
      ],
      async (run) => {
        const expected = [0, 1].map((actor) => (readBefore(run, actor, 1 - actor) ? 200 : 412));
        if (statuses(run).join() !== expected.join()) return [`answered ${statuses(run)}, not ${expected}`];
        if (!expected.includes(200)) return ["nobody was taken"];
        const { description } = image().properties;
        const last = [0, 1]
          .filter((actor) => expected[actor] === 200)
          .sort((a, b) => writtenAt(run, b) - writtenAt(run, a))[0];
        return description === ["one", "two"][last as number] ? [] : [`it says ${description}`];
      },
    );
  });

  test("of different fields: both are kept", async () => {
    await inEveryOrder(
      async () => [
        await callAs("alice", "change-image", id, { description: "one" }),
        await callAs("alice", "change-image", id, { addTags: ["course"], protected: true }),
      ],
      async (run) => {
        if (statuses(run).join() !== "200,200") return [`answered ${statuses(run)}`];
        const { properties, tags, protected: isProtected } = image();
        const kept = properties.description === "one" && tags.includes("course") && isProtected;
        return kept ? [] : [JSON.stringify({ properties, tags, isProtected })];
      },
    );
  });

  test("a change and a deletion: it is gone, and the change was made before or finds nothing", async () => {
    await inEveryOrder(
      async () => [
        await callAs("alice", "change-image", id, { description: "one" }),
        await callAs("alice", "delete-image", id),
      ],
      async (run) => {
        const [changed, deleted] = statuses(run);
        if (deleted !== 204 || (changed !== 200 && changed !== 404)) return [`answered ${statuses(run)}`];
        return cloud.state.images[id] ? ["it is still there"] : [];
      },
    );
  });
});
