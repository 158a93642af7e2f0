// Who may see and boot a cleaned image once it is published; and which image may not leave its project at all.

import type { CleanedGuest } from "../../lib/guest/spoken.ts";
import type { ImageRequest } from "../../lib/requests/image-request.ts";
import { type Bench, expectNothingLeft, imageOf, type Person } from "./bench.ts";
import { guestsSay, post, startCleaningBench } from "./speaking-guests.ts";

let bench: Bench;
afterEach(() => bench.close());

async function made(
  more: Record<string, unknown>,
  { clean = {}, policy = {} }: { clean?: CleanedGuest; policy?: Record<string, unknown> } = {},
) {
  bench = await startCleaningBench({ policy });
  guestsSay(bench, { clean });
  return await bench.drive(await post(bench, more));
}

async function asked(
  person: Person,
  method: string,
  path: string,
  body?: unknown,
): Promise<{ status: number; body: unknown }> {
  const answer = await fetch(`${bench.cloud.url}${path}`, {
    method,
    headers: {
      "x-auth-token": await bench.token(person),
      "content-type": "application/json",
      "OpenStack-API-Version": "compute 2.37",
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, body: text.startsWith("{") ? JSON.parse(text) : text };
}

const bootedBy = async (person: Person, imageRef: string): Promise<number> => {
  const flavorRef = Object.values(bench.cloud.state.flavors).find(({ name }) => name === "m1.medium")?.id;
  const server = { name: "of-another", imageRef, flavorRef, networks: "none" };
  return (await asked(person, "POST", "/compute/v2.1/servers", { server })).status;
};

const bioLab = () => bench.cloud.ids.project("bio-lab");

/** What was done to the published image, in its order. */
function doneTo(request: ImageRequest): string[] {
  const { id } = imageOf(bench, request);
  return bench.cloud.calls
    .filter(({ method, path }) => method !== "GET" && path.includes(id))
    .map(({ method, path }) => `${method} ${path.slice(path.indexOf(id) + id.length)}`.trim());
}

test("shared with a project: its members are added last; it can boot the image, and sees it in its list once it accepts", async () => {
  const request = await made({ visibility: "shared", share: { projects: ["90000000000040008000000000000002"] } });
  expect(bioLab()).toBe("90000000000040008000000000000002");
  expect(request.end).toEqual({ status: "completed" });
  const { id, visibility } = imageOf(bench, request);
  expect(visibility).toBe("shared");
  expect(doneTo(request).at(-1)).toBe("POST /members");
  expect(doneTo(request).filter((each) => each === "POST /members")).toHaveLength(1);
  expect((await asked("bob", "GET", `/image/v2/images/${id}`)).status).toBe(200);
  expect(await bootedBy("bob", id)).toBe(202);
  expect((await asked("carol", "GET", `/image/v2/images/${id}`)).status).toBe(404);
  const list = async () => JSON.stringify((await asked("bob", "GET", "/image/v2/images?visibility=shared")).body);
  expect(await list()).not.toContain(id);
  await asked("bob", "PUT", `/image/v2/images/${id}/members/${bioLab()}`, { status: "accepted" });
  expect(await list()).toContain(id);
  await expectNothingLeft(bench, request, { image: true });
});

test("community: everybody can boot it who has its id; shared with nobody or private: nobody else", async () => {
  for (const [visibility, status] of [
    ["community", 202],
    ["shared", 400],
    ["private", 400],
  ] as const) {
    const request = await made({ visibility });
    expect(imageOf(bench, request).visibility).toBe(visibility);
    expect([visibility, await bootedBy("bob", imageOf(bench, request).id)]).toEqual([visibility, status]);
    await bench.close();
  }
  bench = await startCleaningBench();
});

test("what Glance refuses at the very end, members beyond its quota, leaves nothing behind", async () => {
  bench = await startCleaningBench();
  guestsSay(bench, {});
  bench.cloud.faults.add({
    service: "image",
    method: "POST",
    path: /members$/,
    when: "before",
    answer: {
      error: 413,
      message: "The limit has been exceeded on the number of allowed image members for this image.",
    },
  });
  const request = await bench.drive(await post(bench, { visibility: "shared", share: { projects: ["p1"] } }));
  expect(request.end).toMatchObject({ status: "failed", problem: { type: expect.stringContaining("over-quota") } });
  await expectNothingLeft(bench, request, { image: false });
});

describe("an image whose earlier deletions may be read in it", () => {
  const why = "xfs keeps reservations in every allocation group";
  const clean: CleanedGuest = { fileSystem: { type: "xfs", promised: false, why } };

  test("does not leave its project: refused before it is captured", async () => {
    for (const visibility of ["shared", "community"]) {
      const request = await made({ visibility }, { clean });
      expect(request.end).toMatchObject({
        status: "failed",
        problem: { type: expect.stringContaining("may-be-undeleted") },
      });
      expect(JSON.stringify(request.end)).toContain(`/ (xfs): ${why}`);
      expect(request.ledger.filter(({ kind }) => kind === "clean-image")).toEqual([]);
      await expectNothingLeft(bench, request, { image: false });
      await bench.close();
    }
    bench = await startCleaningBench();
  });

  test("is made where it is private, or where the policy takes it as it is", async () => {
    expect((await made({ visibility: "private" }, { clean })).end).toEqual({ status: "completed" });
    await bench.close();
    const policy = { unpromisedFreeSpace: "any" };
    expect((await made({ visibility: "shared" }, { clean, policy })).end).toEqual({ status: "completed" });
  });
});
