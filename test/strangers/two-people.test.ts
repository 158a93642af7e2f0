// Two people of one project who edit the same thing: nobody writes over what they have not seen, and an ETag tells strangers nothing.
import { type BenchVenue, openBenchVenue } from "./bench-venue.ts";
import { uploadImage } from "./uploaded-image.ts";

let venue: BenchVenue;
beforeAll(async () => {
  venue = await openBenchVenue();
});
afterAll(() => venue.close());
beforeEach(() => venue.rest());

type Person = Parameters<BenchVenue["token"]>[0];

const read = async (person: Person, id: string, headers: Record<string, string> = {}) =>
  await venue.call("get-image", await venue.token(person), { params: { id }, headers });
const write = async (person: Person, id: string, body: unknown, ifMatch?: string) =>
  await venue.call("change-image", await venue.token(person), {
    params: { id },
    body,
    ...(ifMatch !== undefined && { headers: { "if-match": ifMatch } }),
  });
const etagOf = ({ headers }: { headers: Readonly<Record<string, string>> }) => String(headers.etag);

test("both read, both write: the second is told that it changed meanwhile, reads again, and then it is taken", async () => {
  const id = await uploadImage(venue);
  const [mine, yours] = [await read("owner", id), await read("colleague", id)];
  expect(etagOf(mine)).toBe(etagOf(yours));

  const first = await write("owner", id, { description: "the owner's words" }, etagOf(mine));
  expect(first.status).toBe(200);
  const late = await write("colleague", id, { description: "the colleague's words" }, etagOf(yours));
  expect(late).toMatchObject({ status: 412, body: { type: "urn:darkroom:problem:changed-meanwhile" } });
  expect((await read("owner", id)).body.description).toBe("the owner's words");

  const again = await read("colleague", id);
  expect(etagOf(late)).toBe(etagOf(again));
  expect(etagOf(first)).toBe(etagOf(again));
  expect((await write("colleague", id, { description: "both's words" }, etagOf(again))).status).toBe(200);
});

test("who says nothing of what they saw is taken; what they do not name stays as the other left it", async () => {
  const id = await uploadImage(venue);
  await write("owner", id, { description: "the owner's words" });
  await write("colleague", id, { addTags: ["course"] });
  expect((await read("owner", id)).body).toMatchObject({ description: "the owner's words", tags: ["course"] });
});

test("what somebody changed is not deleted by who has not seen it", async () => {
  const id = await uploadImage(venue);
  const seen = etagOf(await read("colleague", id));
  await write("owner", id, { description: "still needed" });
  const token = await venue.token("colleague");
  const remove = (ifMatch: string) =>
    venue.call("delete-image", token, { params: { id }, headers: { "if-match": ifMatch } });
  expect((await remove(seen)).status).toBe(412);
  expect((await remove(etagOf(await read("colleague", id)))).status).toBe(204);
  expect((await read("owner", id)).status).toBe(404);
});

test("who has it already is sent nothing, until somebody changes it", async () => {
  const id = await uploadImage(venue);
  const etag = etagOf(await read("owner", id));
  expect(await read("owner", id, { "if-none-match": etag })).toMatchObject({ status: 304, body: undefined });
  await write("colleague", id, { addTags: ["course"] });
  expect((await read("owner", id, { "if-none-match": etag })).status).toBe(200);
});

test("an ETag tells a stranger nothing: right, wrong or of any, the image is not there", async () => {
  const id = await uploadImage(venue);
  const before = await read("owner", id);
  for (const ifMatch of [etagOf(before), '"wrong"', "*"]) {
    for (const person of ["stranger", "elsewhere", "staff"] as const) {
      const { status, headers } = await write(person, id, { description: "x" }, ifMatch);
      expect([person, ifMatch, status, headers.etag]).toEqual([person, ifMatch, 404, undefined]);
    }
    const conditional = await read("stranger", id, { "if-none-match": ifMatch });
    expect([ifMatch, conditional.status]).toEqual([ifMatch, 404]);
  }
  expect(await read("owner", id)).toEqual(before);
});
