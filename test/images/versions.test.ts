// Versions of one image, from the request to `latest`: the old one stays the latest until the new one is published.
import { asking, type Bench, imageOf, type Person } from "../chain/bench.ts";
import { putImage, record, startCatalogue } from "./catalogue.ts";

let bench: Bench;
beforeAll(async () => {
  bench = await startCatalogue();
});
afterAll(() => bench.close());

const post = (name: string, version?: string, server = "analysis-1", more: object = {}) =>
  bench.call("create-image-request", "alice", {
    body: asking(bench, {
      name,
      serverId: bench.cloud.ids.server(server),
      ...(version !== undefined && { version: { name: version, changeLog: `what is new in ${version}` } }),
      ...more,
    }),
  });
const make = async (name: string, version?: string): Promise<string> => {
  const { status, body } = await post(name, version);
  expect(status).toBe(202);
  const request = await bench.drive(body.id);
  expect(request.end).toEqual({ status: "completed" });
  return imageOf(bench, request).id;
};
const line = async (name: string, person: Person = "alice", owner?: string) =>
  (await bench.call("list-versions", person, { query: { name, ...(owner && { owner }) } })).body;
const wrongFields = ({ status, body }: { status: number; body: { errors?: { field: string }[] } }) => [
  status,
  body.errors?.map(({ field }) => field),
];

test("a line grows version by version; latest is one id at every moment", async () => {
  const first = await make("genomics", "1.0");
  expect(await line("genomics")).toMatchObject({
    latest: first,
    complete: true,
    versions: [{ id: first, version: { name: "1.0", changeLog: "what is new in 1.0" } }],
  });

  const { body } = await post("genomics", "2.0");
  const seen: string[] = [];
  const request = await bench.drive(body.id, async ({ endedAt }) => {
    seen.push((await line("genomics")).latest);
    return endedAt !== undefined;
  });
  const second = imageOf(bench, request).id;
  expect([...new Set(seen)]).toEqual([first, second]);
  expect(seen.filter((id) => id === first).length).toBeGreaterThan(5);

  const third = await make("genomics", "3.0");
  expect((await line("genomics")).versions.map(({ id }: { id: string }) => id)).toEqual([third, second, first]);
  record(bench, third).hidden = true;
  expect(await line("genomics")).toMatchObject({ latest: second, versions: [{ id: third, hidden: true }, {}, {}] });
  record(bench, second).status = "deactivated";
  expect((await line("genomics")).latest).toBe(first);
  expect((await bench.call("delete-image", "alice", { id: first })).status).toBe(204);
  expect((await line("genomics")).latest).toBeNull();
  record(bench, second).status = "active";
  expect((await line("genomics")).latest).toBe(second);
});

test("a version that fails on its way never was the latest", async () => {
  const first = await make("careful", "1");
  const { body } = await post("careful", "2");
  await bench.drive(body.id, ({ learned }) => learned.capture !== undefined);
  expect((await bench.call("cancel-image-request", "alice", { id: body.id, body: {} })).status).toBe(202);
  expect((await bench.drive(body.id)).end?.status).toBe("cancelled");
  expect(await line("careful")).toMatchObject({ latest: first, versions: [{ id: first }] });
  await make("careful", "2");
});

test("a name is taken for a second image without a version, a version for a second of that name, hidden ones too", async () => {
  const first = await make("taken-line", "1.0");
  expect(wrongFields(await post("taken-line"))).toEqual([422, ["name"]]);
  expect(wrongFields(await post("taken-line", "1.0"))).toEqual([422, ["version.name"]]);
  record(bench, first).hidden = true;
  expect(wrongFields(await post("taken-line", "1.0"))).toEqual([422, ["version.name"]]);
  expect(wrongFields(await post("taken-name", "1.0"))).toEqual([422, ["name"]]);
  expect(wrongFields(await post("any", "LATEST"))).toEqual([422, ["version.name"]]);
  const { body } = await bench.call("create-preflight", "alice", {
    body: asking(bench, { name: "taken-line", version: { name: "1.0" } }),
  });
  expect(body.obstacles).toContainEqual(expect.objectContaining({ code: "version-taken", field: "version.name" }));
});

test("an image made without a version begins the line; one brought by hand meanwhile ends the request in words", async () => {
  const first = await make("grown");
  const { body } = await post("grown", "2.0");
  const second = imageOf(bench, await bench.drive(body.id)).id;
  expect((await line("grown")).versions.map(({ id }: { id: string }) => id)).toEqual([second, first]);

  const late = await post("grown", "3.0");
  putImage(bench, { name: "grown" });
  const ended = await bench.drive(late.body.id);
  expect(ended.end).toMatchObject({ status: "failed", problem: { detail: expect.stringContaining("made elsewhere") } });
});

test("two versions of one name are made one after the other", async () => {
  const both = await Promise.all([post("twice", "1", "analysis-1"), post("twice", "2", "stopped-1")]);
  expect(both.map(({ status }) => status).sort()).toEqual([202, 409]);
  for (const { status, body } of both) if (status === 202) await bench.drive(body.id);
});

test("another project sees of a line what it may see, and by the owner's name only", async () => {
  const first = await make("open line", "1");
  const second = await make("open line", "2");
  const owner = bench.cloud.ids.project("astro-lab");
  expect((await bench.call("list-versions", "bob", { query: { name: "open line", owner } })).status).toBe(404);
  record(bench, first).visibility = "community";
  expect(await line("open line", "bob", owner)).toMatchObject({ latest: first, versions: [{ id: first }] });
  expect((await line("open line", "alice")).latest).toBe(second);
  expect((await bench.call("list-versions", "bob", { query: { name: "open line" } })).status).toBe(404);
});
