// Secrets in an image that others are to see: the requester is asked, answers or does not, and the image is cleaned again from the snapshot.

import { cleanReport } from "../../lib/guest/spoken.ts";
import { asking, type Bench, expectNothingLeft, imageOf, serverNow, temporaryServers } from "./bench.ts";
import {
  cleaning,
  driveUntilAsking,
  guestsSay,
  post,
  reply,
  reportOf,
  says,
  shownTo,
  startCleaningBench,
} from "./speaking-guests.ts";

const dayMs = 86_400_000;
const [inTool, inApp] = ["/opt/tool/key.pem", "/srv/app/deploy key"];
const secrets = [inTool, inApp];

let bench: Bench;
beforeEach(async () => {
  bench = await startCleaningBench();
});
afterEach(() => bench.close());

/** Until it asks for the two secrets that its first cleaning finds; `again`: what a later one finds. */
async function asked({ again = secrets, ...more }: Record<string, unknown> & { again?: readonly string[] } = {}) {
  says(bench, cleaning, (nonce) => cleanReport(nonce, { secrets }), 1);
  guestsSay(bench, { clean: { secrets: again } });
  const id = await post(bench, { visibility: "shared", ...more });
  return await driveUntilAsking(bench, id);
}

test("asking: temporary server gone, snapshot kept, the requester's own server long given back; the question names paths, never contents", async () => {
  const request = await asked();
  const shown = await shownTo(bench, request.id);
  expect(shown).toMatchObject({
    status: "asking",
    step: "sanitize",
    image: null,
    question: {
      kind: "secrets",
      secrets: secrets.map((path) => ({ path, kind: "private-key" })),
      deadline: new Date(Date.parse(shown.question.askedAt) + 7 * dayMs).toISOString(),
    },
  });
  expect(temporaryServers(bench)).toEqual([]);
  const snapshot = bench.cloud.state.images[request.learned.capture?.snapshotId ?? ""];
  expect(snapshot).toMatchObject({ status: "active", visibility: "private" });
  expect(serverNow(bench, "analysis-1")).toMatchObject({ vmState: "active", lockedBy: null, taskState: null });
  expect((await reportOf(bench, request.id)).clean.report.secrets.items).toHaveLength(2);
  expect(request.learned.resume).toBeDefined();
});

test("what was answered, excluded or acknowledged, is cleaned again from the snapshot, and the request completes", async () => {
  const request = await asked({ again: [inApp] });
  const [first] = request.ledger.filter(({ kind }) => kind === "clean-server");
  const given = await reply(bench, request.id, { excludePaths: ["/opt/tool"], acknowledgedSecrets: [inApp] });
  expect(given.status).toBe(202);
  const ended = await bench.drive(request.id);
  expect(ended.end).toEqual({ status: "completed" });
  expect(ended.learned.sanitize?.secrets).toBe(1);
  const servers = ended.ledger.filter(({ kind }) => kind === "clean-server");
  expect(servers).toHaveLength(2);
  expect(servers.map((entry) => "imageId" in entry && entry.imageId)).toEqual([
    request.learned.capture?.snapshotId,
    request.learned.capture?.snapshotId,
  ]);
  expect(servers[1]?.mark).not.toBe(first?.mark);
  expect(imageOf(bench, ended).visibility).toBe("shared");
  await expectNothingLeft(bench, ended, { image: true });
});

test("a second cleaning that finds a third secret asks anew, with another question", async () => {
  const third = "/etc/third.pem";
  const request = await asked({ again: [...secrets, third] });
  const before = (await shownTo(bench, request.id)).question.id;
  await reply(bench, request.id, { acknowledgedSecrets: secrets });
  await driveUntilAsking(bench, request.id);
  const { question } = await shownTo(bench, request.id);
  expect(question).toMatchObject({ kind: "secrets", secrets: [{ path: third }] });
  expect(question.id).not.toBe(before);
  expect((await reply(bench, request.id, { acknowledgedSecrets: [third] })).status).toBe(202);
  expect((await bench.drive(request.id)).end).toEqual({ status: "completed" });
});

test("secrets that were acknowledged with the request, and those of a private image, are not asked for", async () => {
  const request = await asked({ acknowledgedSecrets: secrets });
  expect((await bench.drive(request.id)).end).toEqual({ status: "completed" });
  expect(request.answers).toBeUndefined();
  const own = await asked({ visibility: "private", name: "own" });
  expect((await bench.drive(own.id)).end).toEqual({ status: "completed" });
});

test("an answer that leaves something open is 422 and names it; by another of the project 403, of another project 404; nothing changes", async () => {
  const { id } = await asked();
  const half = await reply(bench, id, { acknowledgedSecrets: [inTool] });
  expect(half).toMatchObject({
    status: 422,
    body: { errors: [{ field: "acknowledgedSecrets", detail: expect.stringContaining(inApp) }] },
  });
  for (const [body, field] of [
    [{ excludePaths: ["/usr"], acknowledgedSecrets: secrets }, "excludePaths.0"],
    [{ review: "accept" }, "review"],
    [{ acknowledgedSecrets: "all" }, "acknowledgedSecrets"],
    [{}, "acknowledgedSecrets"],
  ] as const) {
    const { status, body: problem } = await reply(bench, id, body);
    expect([status, JSON.stringify(problem)]).toEqual([422, expect.stringContaining(field)]);
  }
  bench.grant("carol", "member", "astro-lab");
  const another = { "x-auth-token": await bench.token("carol", "astro-lab") };
  const body = { acknowledgedSecrets: secrets };
  const answers = [
    await bench.call("answer-image-request", undefined, { id, body, headers: another }),
    await reply(bench, id, body, "bob"),
    await bench.call("answer-image-request", undefined, { id, body }),
  ];
  expect(answers.map(({ status }) => status)).toEqual([403, 404, 401]);
  expect((await shownTo(bench, id)).status).toBe("asking");
  expect((await bench.runtime.store.get(id))?.answers).toBeUndefined();
});

test("the second answer to one question is 409, and so is one to a request that asks nothing or has ended", async () => {
  const { id } = await asked();
  const body = { acknowledgedSecrets: secrets };
  const both = await Promise.all([reply(bench, id, body), reply(bench, id, body)]);
  expect(both.map(({ status }) => status).sort()).toEqual([202, 409]);
  expect((await reply(bench, id, body)).status).toBe(409);
  await bench.drive(id);
  expect((await reply(bench, id, body)).status).toBe(409);
  const silent = await post(bench, { name: "another" });
  expect((await reply(bench, silent, body)).status).toBe(409);
});

test("not answered within 7 days it expires, by an authority that still holds, and nothing is left", async () => {
  const request = await asked();
  const trust = Object.values(bench.cloud.state.trusts)[0];
  bench.clock.advance(7 * dayMs - 60_000);
  expect((await shownTo(bench, request.id)).status).toBe("asking");
  expect(trust?.expiresAt).toBeGreaterThan(bench.clock.now() + dayMs);
  const ended = await bench.drive(request.id);
  expect(ended.end).toMatchObject({
    status: "expired",
    problem: { detail: expect.stringContaining("Nobody answered") },
  });
  await expectNothingLeft(bench, ended, { image: false });
});

test("answered in the last hour of the seven days, the work is still done", async () => {
  const { id } = await asked();
  bench.clock.advance(7 * dayMs - 3_600_000);
  expect((await reply(bench, id, { acknowledgedSecrets: secrets })).status).toBe(202);
  const ended = await bench.drive(id);
  expect(ended.end).toEqual({ status: "completed" });
  await expectNothingLeft(bench, ended, { image: true });
});

test("approved in the last hour and answered in the last hour: the delegation lasts for both", async () => {
  await bench.close();
  bench = await startCleaningBench({ policy: { approvalNeededFor: ["shared"] } });
  says(bench, cleaning, (nonce) => cleanReport(nonce, { secrets }), 1);
  guestsSay(bench, { clean: { secrets } });
  const id = await post(bench, { visibility: "shared" });
  await bench.drive(id, ({ step, waiting }) => step === "approve" && waiting !== undefined);
  bench.clock.advance(14 * dayMs - 3_600_000);
  const body = { decision: "approve", reason: "a good one" };
  expect((await bench.call("decide-image-request", "carol", { id, body })).status).toBe(200);
  await driveUntilAsking(bench, id);
  const { question } = await shownTo(bench, id);
  expect(Date.parse(question.deadline) - Date.parse(question.askedAt)).toBe(7 * dayMs);
  bench.clock.advance(7 * dayMs - 3_600_000);
  expect((await reply(bench, id, { acknowledgedSecrets: secrets })).status).toBe(202);
  const ended = await bench.drive(id);
  expect(ended.end).toEqual({ status: "completed" });
  await expectNothingLeft(bench, ended, { image: true });
});

test("cancelled while it asks: nothing is left, and no answer is taken any more", async () => {
  const { id } = await asked();
  await bench.call("cancel-image-request", "alice", { id, body: {} });
  const ended = await bench.drive(id);
  expect(ended.end?.status).toBe("cancelled");
  await expectNothingLeft(bench, ended, { image: false });
  expect((await reply(bench, id, { acknowledgedSecrets: secrets })).status).toBe(409);
});

test("more secrets than a report can list are not asked for: others may not see such an image", async () => {
  guestsSay(bench, { clean: { secrets, secretsOmitted: 700 } });
  const ended = await bench.drive(await post(bench, { visibility: "community" }));
  expect(ended.end).toMatchObject({ status: "failed", problem: { type: expect.stringContaining("too-many-secrets") } });
  expect(JSON.stringify(ended.end)).toContain("702");
  await expectNothingLeft(bench, ended, { image: false });
});

test("one that finds new secrets after every answer is given up after six cleanings", async () => {
  let found = 0;
  says(bench, cleaning, (nonce) => cleanReport(nonce, { secrets: [`/opt/${found++}`] }));
  guestsSay(bench, {});
  const id = await post(bench, { visibility: "shared" });
  for (let asking = 0; asking < 6; asking++) {
    const request = await driveUntilAsking(bench, id);
    const { question } = await shownTo(bench, id);
    expect([asking, request.endedAt, question?.secrets.length]).toEqual([asking, undefined, 1]);
    await reply(bench, id, { acknowledgedSecrets: [question.secrets[0].path] });
  }
  const ended = await bench.drive(id);
  expect(ended.end).toMatchObject({ status: "failed", problem: { type: expect.stringContaining("never-clean") } });
  expect(found).toBe(6);
  await expectNothingLeft(bench, ended, { image: false });
});

test("a body of a request is no answer", async () => {
  const { id } = await asked();
  expect((await reply(bench, id, asking(bench))).status).toBe(422);
});
