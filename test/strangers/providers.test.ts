// Two providers of one installation: what was made on one is not there on the other, for nobody, though it be the same cloud with the same people.
import { allOperations } from "../../events/operations/index.ts";
import { type BenchVenue, openBenchVenue } from "./bench-venue.ts";
import type { Caller } from "./callers.ts";
import { neverWas, openMatrix, replacing } from "./matrix.ts";
import { table } from "./table.ts";
import { asOwner } from "./things.ts";
import type { Input } from "./venue.ts";

const other = { "darkroom-provider": "twin" };

let venue: BenchVenue;
let matrix: ReturnType<typeof openMatrix>;
beforeAll(async () => {
  venue = await openBenchVenue({ twin: { cloud: "darkroom", visibilities: ["private", "shared", "public"] } });
  matrix = openMatrix(venue);
});
afterAll(() => venue.close());

const there = async (operation: string, caller: Caller, { headers, ...input }: Input) =>
  await venue.call(operation, await venue.token(caller), { ...input, headers: { ...headers, ...other } });

/** Darkroom's own things; an image is the cloud's, and there wherever the cloud is. */
const ofOurs = allOperations.filter(
  ({ id, path, caller }) =>
    caller === "token" &&
    path.includes("{") &&
    (!/^\/v1\/(images|invitations)\//.test(path) || (path.includes("/publicity") && id !== "ask-publicity")),
);

test.each(ofOurs.map(({ id }) => id))("%s", async (operation) => {
  const row = table[operation];
  if (!row) throw new Error(`no row ${operation}`);
  const input = await row.call(matrix.the, venue);
  const ids = Object.values(input.params ?? {});
  const before = await venue.state();
  for (const caller of ["owner", "staff"] as const) {
    const { status, body } = await there(operation, caller, input);
    expect([caller, status]).toEqual([caller, 404]);
    expect((await there(operation, caller, replacing(input, ids, neverWas))).body).toEqual(body);
  }
  expect(await venue.state()).toEqual(before);
});

test("no list of the other shows it, and staff of the one are nobody there", async () => {
  const id = await matrix.the.waiting();
  expect(JSON.stringify(await asOwner(venue, "list-image-requests", {}))).toContain(id);
  for (const operation of ["list-image-requests", "get-my-data"]) {
    const { status, body } = await there(operation, "owner", {});
    expect([operation, status, JSON.stringify(body).includes(id)]).toEqual([operation, 200, false]);
  }
  for (const operation of [
    "list-approvals",
    "list-audit",
    "get-tidying-plan",
    "start-tidying-pass",
    "list-deletions",
  ]) {
    expect([operation, (await there(operation, "staff", {})).status]).toEqual([operation, 403]);
  }
});
