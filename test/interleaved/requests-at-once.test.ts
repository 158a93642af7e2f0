// Two requests at once, in every order of their writes: one live request a server and a name, one delegation, one snapshot.
import { type Answer, cloud, end, inEveryOrder, oneSnapshot, post, statuses } from "./scene.ts";

describe("two requests at once", () => {
  const other = { serverId: cloud.ids.server("stopped-1") };

  for (const [what, second] of [
    ["for one server", { name: "second-image" }],
    ["for one name", other],
    ["for one server and one name", {}],
  ] as const) {
    test(`${what}: one is taken, the other is told of it`, async () => {
      await inEveryOrder(
        async () => [await post({}), await post(second)],
        async (run) => {
          const got = statuses(run);
          if (got.toSorted().join() !== "202,409") return [`answered ${got}`];
          const [taken, refused] = got[0] === 202 ? run.results : run.results.toReversed();
          const { id } = (taken as Answer).body;
          const told = (refused as Answer).body.detail.includes(id) ? [] : ["the refusal does not name the other"];
          return [...told, ...(await end(id, "completed")), ...oneSnapshot()];
        },
      );
    });
  }

  test("with one key are one request with one delegation", async () => {
    await inEveryOrder(
      async () => [await post({}, "k"), await post({}, "k")],
      async (run) => {
        const [first, second] = run.results as Answer[];
        if (statuses(run).join() !== "202,202") return [`answered ${statuses(run)}`];
        if (first?.body.id !== second?.body.id) return ["two requests"];
        const trusts = Object.keys(cloud.state.trusts).length;
        return [
          ...(trusts === 1 ? [] : [`${trusts} trusts`]),
          ...(await end(first?.body.id, "completed")),
          ...oneSnapshot(),
        ];
      },
    );
  });

  test("with one key, one of which Keystone fails: the one that is taken keeps its locks", async () => {
    await inEveryOrder(
      async () => {
        cloud.faults.add({
          service: "identity",
          method: "POST",
          path: /trusts/,
          when: "before",
          answer: { error: 500 },
          times: 1,
        });
        return [await post({}, "k"), await post({}, "k")];
      },
      async (run) => {
        const got = statuses(run);
        if (got.toSorted().join() !== "202,503" && got.join() !== "202,202") return [`answered ${got}`];
        const taken = (run.results as Answer[]).find(({ status }) => status === 202);
        return [...(await end(taken?.body.id, "completed")), ...oneSnapshot()];
      },
    );
  });
});
