// review: true. The requester tries the private image before anything is published, and accepts it, rejects it, or says nothing.
import { type Bench, expectNothingLeft, imageOf, temporaryServers } from "./bench.ts";
import { driveUntilAsking, guestsSay, post, reply, shownTo, startCleaningBench } from "./speaking-guests.ts";

const dayMs = 86_400_000;

let bench: Bench;
beforeEach(async () => {
  bench = await startCleaningBench();
  guestsSay(bench, {});
});
afterEach(() => bench.close());

const asked = async (more: Record<string, unknown> = {}) =>
  await driveUntilAsking(bench, await post(bench, { review: true, ...more }));

test("it asks with the id of the proven image: private, bootable by the requester, the snapshot still there, nothing published", async () => {
  const request = await asked({ visibility: "shared" });
  const { status, step, question, image } = await shownTo(bench, request.id);
  expect({ status, step, image }).toEqual({ status: "asking", step: "verify", image: null });
  expect(question).toMatchObject({ kind: "review", imageId: request.learned.sanitize?.imageId });
  const { images } = bench.cloud.state;
  expect(images[question.imageId]).toMatchObject({ status: "active", visibility: "private", members: {} });
  expect(images[request.learned.capture?.snapshotId ?? ""]).toMatchObject({ status: "active" });
  expect(temporaryServers(bench)).toEqual([]);
  expect((await bench.call("get-report", "alice", { id: request.id })).body.verify.verdict).toMatchObject({
    sound: true,
  });
});

test("accepted, that very image is published", async () => {
  const request = await asked({ visibility: "shared" });
  const { question } = await shownTo(bench, request.id);
  expect((await reply(bench, request.id, { review: "accept" })).status).toBe(202);
  const ended = await bench.drive(request.id);
  expect(ended.end).toEqual({ status: "completed" });
  expect(imageOf(bench, ended)).toMatchObject({ id: question.imageId, visibility: "shared", name: "first-image" });
  await expectNothingLeft(bench, ended, { image: true });
});

test("rejected, the request is cancelled with the requester's words, and nothing is left", async () => {
  const request = await asked();
  expect((await reply(bench, request.id, { review: "reject", reason: "the licence server is missing" })).status).toBe(
    202,
  );
  const ended = await bench.drive(request.id);
  expect(ended.end).toMatchObject({
    status: "cancelled",
    problem: { detail: "alice tried the image and rejected it: the licence server is missing." },
  });
  await expectNothingLeft(bench, ended, { image: false });
});

test("not answered within 7 days it expires, and nothing is left", async () => {
  const request = await asked();
  bench.clock.advance(7 * dayMs - 60_000);
  expect((await shownTo(bench, request.id)).status).toBe("asking");
  const ended = await bench.drive(request.id);
  expect(ended.end).toMatchObject({ status: "expired" });
  await expectNothingLeft(bench, ended, { image: false });
});

test("what is not asked is not taken as an answer: secrets in place of a review, another person, a second time", async () => {
  const { id } = await asked();
  expect((await reply(bench, id, { acknowledgedSecrets: ["/x"] })).status).toBe(422);
  expect((await reply(bench, id, { review: "perhaps" })).status).toBe(422);
  expect((await reply(bench, id, { review: "accept" }, "bob")).status).toBe(404);
  expect((await reply(bench, id, { review: "reject" })).status).toBe(202);
  expect((await reply(bench, id, { review: "accept" })).status).toBe(409);
  expect((await bench.drive(id)).end?.status).toBe("cancelled");
});

test("an image that is taken as it is can be tried, too, although nobody proves it", async () => {
  const request = await asked({ preparation: "as-is" });
  expect(await shownTo(bench, request.id)).toMatchObject({
    status: "asking",
    question: { kind: "review", imageId: request.learned.capture?.snapshotId },
  });
  await reply(bench, request.id, { review: "accept" });
  const ended = await bench.drive(request.id);
  expect(ended.end).toEqual({ status: "completed" });
  await expectNothingLeft(bench, ended, { image: true });
});

test("an image that the requester deletes while it is theirs to try ends the request in words", async () => {
  const request = await asked();
  const { question } = await shownTo(bench, request.id);
  const { images } = bench.cloud.state;
  delete images[question.imageId];
  await reply(bench, request.id, { review: "accept" });
  const ended = await bench.drive(request.id);
  expect(ended.end).toMatchObject({ status: "failed", problem: { type: expect.stringContaining("image-gone") } });
  await expectNothingLeft(bench, ended, { image: false });
});
