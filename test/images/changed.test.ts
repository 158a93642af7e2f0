// PATCH and DELETE /v1/images/{id}: what an owner changes, what stands in the way, and who may not.
import type { CleanedGuest } from "../../lib/guest/spoken.ts";
import { nameLock } from "../../lib/requests/locks.ts";
import { asking, type Bench, imageOf } from "../chain/bench.ts";
import { guestsSay, post, startCleaningBench } from "../chain/speaking-guests.ts";
import { published, putImage, record, startCatalogue } from "./catalogue.ts";

let bench: Bench;
beforeAll(async () => {
  bench = await startCatalogue({
    policy: { visibilities: ["private", "shared", "community", "public"], approvalNeededFor: ["community", "public"] },
  });
});
afterAll(() => bench.close());
afterEach(() => bench.cloud.faults.clear());

const change = (id: string, body: unknown, headers: Record<string, string> = {}, person: "alice" | "bob" = "alice") =>
  bench.call("change-image", person, { id, body, headers });
const remove = (id: string, headers: Record<string, string> = {}, person: "alice" | "bob" = "alice") =>
  bench.call("delete-image", person, { id, headers });
const kindOf = ({ status, body }: { status: number; body: { type?: string } }) =>
  `${status} ${body.type?.split(":").at(-1)}`;
const inDays = (days: number) => new Date(bench.clock.now() + days * 86_400_000).toISOString();

describe("a change", () => {
  test("of everything is one call to Glance, and an ETag that fits the next", async () => {
    const id = putImage(bench, { name: "one", tags: ["old", "kept"], properties: published(bench) });
    const { headers } = await bench.call("get-image", "alice", { id });
    const expiresAt = inDays(30);
    bench.cloud.calls.length = 0;
    const first = await change(
      id,
      {
        name: " uno ",
        description: "words",
        addTags: ["new"],
        removeTags: ["old", "never there"],
        visibility: "shared",
        protected: true,
        expiresAt,
      },
      { "if-match": String(headers.etag) },
    );
    expect(first.status).toBe(200);
    expect(first.body).toMatchObject({
      name: "uno",
      description: "words",
      tags: ["kept", "new"],
      visibility: "shared",
      protected: true,
      expiresAt,
      notices: [],
    });
    expect(bench.cloud.calls.filter(({ method }) => method === "PATCH")).toHaveLength(1);
    expect(first.headers.etag).toBe((await bench.call("get-image", "alice", { id })).headers.etag);

    expect(kindOf(await change(id, { description: "" }, { "if-match": String(headers.etag) }))).toBe(
      "412 changed-meanwhile",
    );
    const again = await change(id, { description: "", expiresAt: null }, { "if-match": String(first.headers.etag) });
    expect(again.body).toMatchObject({ description: "", expiresAt: null });
    expect(record(bench, id).properties).toEqual(
      published(bench, undefined, {
        darkroom_published_at: record(bench, id).properties.darkroom_published_at ?? "",
      }),
    );
  });

  test("that changes nothing asks nothing of Glance but the image", async () => {
    const id = putImage(bench, { name: "same", tags: ["a"] });
    bench.cloud.calls.length = 0;
    expect((await change(id, { name: "same", addTags: ["a"], protected: false })).status).toBe(200);
    expect(bench.cloud.calls.filter(({ service }) => service === "image")).toHaveLength(1);
  });

  const wrong: [string, unknown, string][] = [
    ["nothing", {}, "the whole"],
    ["an owner", { owner: "x" }, "owner"],
    ["hidden", { hidden: true }, "hidden"],
    ["a long name", { name: "x".repeat(31) }, "name"],
    ["a tag added and removed", { addTags: ["a"], removeTags: ["a"] }, "removeTags"],
    ["a visibility that there is not", { visibility: "secret" }, "visibility"],
    ["a date in words", { expiresAt: "soon" }, "expiresAt"],
    ["a date in another zone", { expiresAt: "2030-01-01T00:00:00+02:00" }, "expiresAt"],
    ["a date that has passed", { expiresAt: "2020-01-01T00:00:00Z" }, "expiresAt"],
    ["a name that is taken", { name: "taken-name" }, "name"],
  ];
  test.each(wrong)("of %s is refused by its field, and nothing is changed", async (_what, body, field) => {
    const id = putImage(bench);
    const before = structuredClone(record(bench, id));
    const { status, body: answer } = await change(id, body);
    expect({ status, field: answer.errors[0].field }).toEqual({ status: 422, field });
    expect(record(bench, id)).toEqual(before);
  });

  test("of an image whose bytes are not there yet waits; of one put out of use all but the visibility", async () => {
    const saving = putImage(bench, { status: "saving" });
    expect(kindOf(await change(saving, { addTags: ["a"] }))).toBe("409 not-ready");
    const off = putImage(bench, { status: "deactivated" });
    expect((await change(off, { addTags: ["a"] })).status).toBe(200);
    expect(kindOf(await change(off, { visibility: "shared" }))).toBe("409 deactivated");
  });
});

test("Glance that is down is 503 in words that hold, and the name is free again", async () => {
  const id = putImage(bench);
  for (const [when, remedy] of [
    ["before", "Nothing was begun"],
    ["after", "It may have been done all the same"],
  ] as const) {
    const answer = when === "before" ? ({ status: 503 } as const) : "reset";
    bench.cloud.faults.add({ service: "image", method: when === "before" ? "GET" : "PATCH", when, answer });
    const { status, body } = await change(id, { name: `after ${when}` });
    expect({ status, remedy: body.remedy }).toEqual({ status: 503, remedy: expect.stringContaining(remedy) });
    bench.cloud.faults.clear();
    const other = putImage(bench);
    const wish = { name: when === "before" ? "after before" : "another" };
    expect((await change(other, wish)).status).toBe(200);
    expect(
      await bench.runtime.locks.holder(nameLock("simulated", bench.cloud.ids.project("astro-lab"), `after ${when}`)),
    ).toBeUndefined();
  }
});

describe("visibility", () => {
  const seen: [string, Record<string, unknown>, string, string][] = [
    ["a proven image shared", {}, "shared", "200 undefined"],
    ["community, which staff must grant", {}, "community", "409 staff-needed"],
    ["public", {}, "public", "409 staff-needed"],
    ["of an image taken as it was", { darkroom_preparation: "as-is" }, "shared", "409 private-only"],
    ["of one with secrets in it", { darkroom_private_only: "2 secrets" }, "shared", "409 private-only"],
    ["of a snapshot", { instance_uuid: "s" }, "shared", "409 private-only"],
  ];
  test.each(seen)("%s", async (_what, more, visibility, answer) => {
    const properties = published(bench, undefined, more as Record<string, string>);
    const id = putImage(bench, { properties });
    expect(kindOf(await change(id, { visibility }))).toBe(answer);
    expect(record(bench, id).visibility).toBe(answer.startsWith("200") ? visibility : "private");
  });

  test("narrower is free, from public too; members whom Glance keeps are told of", async () => {
    const open = putImage(bench, { visibility: "public", properties: { instance_uuid: "s" } });
    expect((await change(open, { visibility: "private" })).status).toBe(200);
    const members = {
      [bench.cloud.ids.project("bio-lab")]: { status: "accepted" as const, createdAt: 0, updatedAt: 0 },
    };
    const id = putImage(bench, { visibility: "shared", members });
    const { body } = await change(id, { visibility: "private" });
    expect(body.notices).toEqual([expect.stringContaining("shared with 1 project, which cannot see or boot it")]);
    expect((await bench.call("get-image", "bob", { id })).status).toBe(404);
  });
});

describe("a rename", () => {
  test("of a version joins the line of that name, unless the version is there already", async () => {
    putImage(bench, { name: "line", properties: published(bench, "1.0") });
    const other = putImage(bench, { name: "elsewhere", properties: published(bench, "2.0") });
    const same = putImage(bench, { name: "third", properties: published(bench, "1.0") });
    const plain = putImage(bench, { name: "fourth", properties: published(bench) });
    expect((await change(other, { name: "line" })).status).toBe(200);
    expect((await change(same, { name: "line" })).body.errors[0].detail).toContain("version 1.0 of line");
    expect((await change(plain, { name: "line" })).status).toBe(422);
    const { body } = await bench.call("list-versions", "alice", { query: { name: "line" } });
    expect(body).toMatchObject({ latest: other, versions: [{ id: other }, { version: { name: "1.0" } }] });
  });

  test("is refused while a request for that name is under way; two at once end with one", async () => {
    const id = putImage(bench);
    const { body } = await bench.call("create-image-request", "alice", { body: asking(bench, { name: "wanted" }) });
    const refused = await change(id, { name: "wanted" });
    expect([kindOf(refused), refused.body.detail]).toEqual(["409 request-under-way", expect.stringContaining(body.id)]);
    await bench.drive(body.id);

    const [one, two] = [putImage(bench), putImage(bench)];
    const both = await Promise.all([change(one, { name: "twins" }), change(two, { name: "twins" })]);
    expect(both.map(({ status }) => (status === 200 ? "done" : "refused")).sort()).toEqual(["done", "refused"]);
    const named = Object.values(bench.cloud.state.images).filter(({ name }) => name === "twins");
    expect(named).toHaveLength(1);
  });
});

describe("a deletion", () => {
  test("204, then 404", async () => {
    const id = putImage(bench);
    expect((await remove(id)).status).toBe(204);
    expect(bench.cloud.state.images[id]).toBeUndefined();
    expect((await remove(id)).status).toBe(404);
  });

  test("not of a protected image, nor of one that changed meanwhile, nor where the store needs it", async () => {
    const id = putImage(bench, { protected: true });
    expect(kindOf(await remove(id))).toBe("409 protected");
    await change(id, { protected: false });
    expect(kindOf(await remove(id, { "if-match": '"old"' }))).toBe("412 changed-meanwhile");
    const busy = { error: 409, message: `Image ${id} could not be deleted because it is in use.` } as const;
    bench.cloud.faults.add({ service: "image", method: "DELETE", when: "before", answer: busy });
    expect(kindOf(await remove(id))).toBe("409 in-use");
    expect(bench.cloud.state.images[id]).toBeDefined();
  });

  test("not of what may be a shelved server's only disk", async () => {
    const id = bench.cloud.ids.image("shelved-1-shelved");
    const refused = await remove(id);
    expect([kindOf(refused), refused.body.detail]).toEqual(["409 only-disk", expect.stringContaining("shelved-1")]);
    expect(bench.cloud.state.images[id]).toBeDefined();
  });
});

test("strangers: another project's image is 404; one that they can see 403; another user of the project may", async () => {
  const id = putImage(bench);
  for (const body of [await change(id, { addTags: ["x"] }, {}, "bob"), await remove(id, {}, "bob")]) {
    expect(kindOf(body)).toBe("404 not-found");
  }
  record(bench, id).visibility = "community";
  for (const body of [await change(id, { addTags: ["x"] }, {}, "bob"), await remove(id, {}, "bob")]) {
    expect(kindOf(body)).toBe("403 not-yours");
  }
  bench.grant("carol", "member", "astro-lab");
  const headers = { "x-auth-token": await bench.token("carol", "astro-lab") };
  expect((await bench.call("change-image", undefined, { id, body: { addTags: ["by carol"] }, headers })).status).toBe(
    200,
  );
});

test("a live request's images are its own until it has ended; what it granted is granted later too", async () => {
  const own = await startCleaningBench({ policy: { approvalNeededFor: ["shared"], selfApproval: true } });
  try {
    guestsSay(own, {});
    const id = await post(own, { visibility: "shared" });
    const waiting = await own.drive(id, ({ step, waiting }) => step === "approve" && waiting !== undefined);
    expect(waiting.step).toBe("approve");
    await own.call("decide-image-request", "carol", { id, body: { decision: "approve" } });
    const cleaned = await own.drive(id, ({ learned }) => learned.sanitize !== undefined);
    for (const imageId of [cleaned.learned.capture?.snapshotId, cleaned.learned.sanitize?.imageId]) {
      const named = { id: imageId ?? "" };
      expect((await own.call("get-image", "alice", named)).body).toMatchObject({ origin: "unfinished" });
      for (const [name, body] of [
        ["change-image", { addTags: ["x"] }],
        ["delete-image", undefined],
      ] as const) {
        const refused = await own.call(name, "alice", { ...named, body });
        expect([kindOf(refused), refused.body.detail]).toEqual(["409 request-under-way", expect.stringContaining(id)]);
      }
    }
    const ended = await own.drive(id);
    const image = { id: imageOf(own, ended).id };
    for (const visibility of ["private", "shared"]) {
      const { status, body } = await own.call("change-image", "alice", { ...image, body: { visibility } });
      expect({ status, visibility: body.visibility }).toEqual({ status: 200, visibility });
    }
    expect((await own.call("delete-image", "alice", image)).status).toBe(204);
  } finally {
    await own.close();
  }
});

test.each([
  ["secrets that nobody acknowledged", { secrets: ["/etc/x.key"] }, "1 secrets were found"],
  [
    "deletions that may be read",
    { fileSystem: { type: "xfs", promised: false, why: "xfs" } },
    "Files that were deleted before could be read",
  ],
] as const)("an image made private, with %s in it, stays private", async (_what, clean, why) => {
  const own = await startCleaningBench();
  try {
    guestsSay(own, { clean: clean as CleanedGuest });
    const ended = await own.drive(await post(own));
    expect(ended.end).toEqual({ status: "completed" });
    const refused = await own.call("change-image", "alice", {
      id: imageOf(own, ended).id,
      body: { visibility: "shared" },
    });
    expect([kindOf(refused), refused.body.detail]).toEqual(["409 private-only", expect.stringContaining(why)]);
  } finally {
    await own.close();
  }
});
