// What a portal asks before anything is asked for: providers, servers, quota.
import type { Provider } from "../../lib/providers/provider.ts";
import { asking, type Bench } from "../chain/bench.ts";
import { putImage, startCatalogue } from "./catalogue.ts";

let bench: Bench;
beforeAll(async () => {
  bench = await startCatalogue();
});
afterAll(() => bench.close());

type Listed = {
  servers: { id: string; name: string; ready: boolean; requestId: string | null; obstacles: { code: string }[] }[];
  next: string | null;
};
const servers = async (query: Record<string, string> = {}, person: "alice" | "bob" = "alice") => {
  const { status, body } = await bench.call("list-servers", person, { query });
  expect(status).toBe(200);
  return body as Listed;
};

describe("servers", () => {
  test("the project's own, with what the list shows of what stands in the way", async () => {
    const codes = Object.fromEntries(
      (await servers()).servers.map(({ name, ready, obstacles }) => [name, ready || obstacles.map(({ code }) => code)]),
    );
    expect(codes).toMatchObject({
      "analysis-1": true,
      "stopped-1": true,
      "busy-1": ["busy"],
      "locked-by-owner-1": ["locked"],
      "volume-backed-1": ["volume-backed"],
      "with-data-volume-1": ["volumes-attached"],
      "shelved-1": ["wrong-state"],
      "paused-1": ["wrong-state"],
    });
    expect(codes).not.toHaveProperty("genome-1");
    expect((await servers({}, "bob")).servers.map(({ name }) => name)).toEqual(["genome-1"]);
    const live = (await servers({ consistency: "live" })).servers.find(({ name }) => name === "paused-1");
    expect(live?.ready).toBe(true);
  });

  test("in pages that hold each once; of a server that is gone a cursor leads nowhere", async () => {
    const all = (await servers({ limit: "100" })).servers.map(({ id }) => id);
    for (const limit of ["1", "5"]) {
      const paged: string[] = [];
      for (let cursor: string | null = ""; cursor !== null; ) {
        const page: Listed = await servers({ limit, ...(cursor && { cursor }) });
        paged.push(...page.servers.map(({ id }) => id));
        cursor = page.next;
      }
      expect(paged).toEqual(all);
    }
    const cursor = Buffer.from('[1,"99999999-9999-4999-8999-999999999999"]').toString("base64url");
    expect((await bench.call("list-servers", "alice", { query: { cursor } })).status).toBe(422);
  });

  test("a request under way stands in the way of its server; our temporary servers are not listed", async () => {
    const { body } = await bench.call("create-image-request", "alice", { body: asking(bench) });
    const ours = bench.cloud.ids.server("no-agent-1");
    const temporary = bench.cloud.state.servers[ours];
    if (temporary) temporary.name = `darkroom-${"0".repeat(24)}`;
    const listed = (await servers()).servers;
    expect(listed.find(({ name }) => name === "analysis-1")).toMatchObject({
      ready: false,
      requestId: body.id,
      obstacles: [{ code: "request-under-way" }],
    });
    expect(listed.map(({ id }) => id)).not.toContain(ours);
    if (temporary) temporary.name = "no-agent-1";
    await bench.drive(body.id);
    expect((await servers()).servers.find(({ name }) => name === "analysis-1")).toMatchObject({ ready: true });
  });
});

describe("quota", () => {
  const quota = (query: Record<string, string> = {}) => bench.call("get-quota", "alice", { query });

  test("what the cloud does not tell is counted or unknown, never enough", async () => {
    const before = (await quota()).body;
    expect(before).toMatchObject({ images: { limit: "unknown", free: "unknown" }, needs: null });
    const hidden = putImage(bench, { hidden: true, sizeBytes: 5, properties: { image_type: "snapshot" } });
    const { body } = await quota({ serverId: bench.cloud.ids.server("analysis-1") });
    expect(body.images.used).toBe(before.images.used + 1);
    expect(body.imageBytes.used).toBe(before.imageBytes.used + 5);
    expect(body.snapshots.used).toBe(before.snapshots.used + 1);
    expect(body.needs).toMatchObject({
      images: 2,
      imageBytes: 2 * 20 * 2 ** 30,
      servers: 1,
      flavor: "m1.small",
      enough: "unknown",
    });
    delete bench.cloud.state.images[hidden];
  });

  test("what the cloud tells is set against what a server would need", async () => {
    const used = (await quota()).body.images.used;
    const limits = { sizeTotalMib: 1_000_000, stageTotalMib: 1, countTotal: used + 1, countUploading: 9 };
    bench.cloud.state.imageLimits = limits;
    const serverId = bench.cloud.ids.server("analysis-1");
    const clean = (await quota({ serverId })).body;
    expect(clean.images).toEqual({ used, limit: used + 1, free: 1 });
    expect(clean.needs).toMatchObject({ enough: "no" });
    expect(clean.needs.obstacles.map(({ code }: { code: string }) => code)).toContain("quota-images");
    const asIs = (await quota({ serverId, preparation: "as-is" })).body;
    expect(asIs.needs).toMatchObject({ images: 1, servers: 0, flavor: null, enough: "yes", obstacles: [] });
    bench.cloud.state.imageLimits = null;
  });

  test.each(["genome-1", undefined])("of another project's server (%s), or none, is a wrong field", async (name) => {
    const serverId = name === undefined ? "99999999-9999-4999-8999-999999999999" : bench.cloud.ids.server("genome-1");
    const { status, body } = await quota({ serverId });
    expect({ status, field: body.errors[0].field }).toEqual({ status: 422, field: "serverId" });
  });
});

test("providers: for anybody; with a token, what its bearer may do there", async () => {
  const of = async (person?: "alice" | "carol") => (await bench.call("list-providers", person)).body.providers[0];
  expect((await of()).caller).toBeNull();
  expect((await of("alice")).caller).toMatchObject({ signedIn: true, project: { name: "astro-lab" }, isStaff: false });
  expect((await of("carol")).caller).toMatchObject({ isStaff: true, mayChange: true });
  const headers = { "x-auth-token": "nonsense" };
  expect((await bench.call("list-providers", undefined, { headers })).status).toBe(401);
});

test("providers, several: a token is shown to the one that the call names, and to no other", async () => {
  const all = bench.runtime.providers.all as Provider[];
  const [first] = all;
  if (!first) throw new Error("the bench has no provider");
  let shown = 0;
  all.push({
    ...first,
    name: "elsewhere",
    asCaller: (tokenId) => {
      shown += 1;
      return first.asCaller(tokenId);
    },
  });
  try {
    const unnamed = await bench.call("list-providers", "alice");
    expect({ status: unnamed.status, remedy: unnamed.body.remedy }).toEqual({
      status: 400,
      remedy: expect.stringContaining("simulated, elsewhere"),
    });
    const headers = { "darkroom-provider": "simulated" };
    const { body } = await bench.call("list-providers", "alice", { headers });
    expect(body.providers.map(({ caller }: { caller: { signedIn: boolean } }) => caller.signedIn)).toEqual([
      true,
      false,
    ]);
    expect(body.providers[1].caller.remedy).toContain("elsewhere");
    expect((await bench.call("list-providers", undefined)).body.providers).toHaveLength(2);
    expect(shown).toBe(0);
  } finally {
    all.pop();
  }
});
