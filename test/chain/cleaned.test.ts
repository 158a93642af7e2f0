// A cleaned image on the simulated cloud, whose guests are directory trees: what of the owner's goes, what stays, who is asked.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { findCanaries, plantCanaries } from "../../infra/simulated-openstack/guest/test-canaries.ts";
import { openMemoryTable } from "../matrix/memory-table.ts";
import { asking, type Bench, expectNothingLeft, imageOf, serverNow, startBench } from "./bench.ts";

let bench: Bench;
beforeEach(async () => {
  bench = await startBench({ policy: { approvalNeededFor: [], testRamMib: 512 } });
});
afterEach(() => bench.close());

const post = async (more: Record<string, unknown> = {}) => {
  const body = asking(bench, { preparation: "clean", ...more });
  const answer = await bench.call("create-image-request", "alice", { body });
  if (answer.status !== 202) throw new Error(`not accepted: ${JSON.stringify(answer.body)}`);
  return answer.body.id as string;
};
const reportOf = async (id: string) => (await bench.call("get-report", "alice", { id })).body;

test("nothing of the owner's is in it, what is not to go is there, and the report says what went", async () => {
  const disk = bench.cloud.diskOf(serverNow(bench, "analysis-1").id);
  const gone = plantCanaries(disk, ["/home/alice/notes", "/root/x", "/tmp/y", "/var/log/z.log", `/opt/it's a "file"`]);
  const kept = plantCanaries(disk, ["/opt/tool/data"]);
  const id = await post({ excludePaths: [`/opt/it's a "file"`] });
  const request = await bench.drive(id);
  expect(request.end).toEqual({ status: "completed" });
  const image = bench.cloud.diskOf(imageOf(bench, request).id);
  expect(findCanaries(image, gone)).toEqual([]);
  expect(findCanaries(image, kept)).not.toEqual([]);
  await expectNothingLeft(bench, request, { image: true });
  const report = await reportOf(id);
  expect(report.clean.report.excluded.items).toEqual([
    expect.objectContaining({ path: `/opt/it's a "file"`, outcome: "removed" }),
  ]);
  expect(report.clean.report.removed.items.map(({ path }: { path: string }) => path)).toEqual(
    expect.arrayContaining(["/home", "/root"]),
  );
  expect(report.verify.verdict).toMatchObject({ sound: true, stops: [] });
});

test("a key that the real script finds is asked for; excluded by the answer, it is gone from the image, and what was acknowledged stays", async () => {
  await bench.close();
  const policy = { approvalNeededFor: [], testRamMib: 512, unpromisedFreeSpace: "any" };
  bench = await startBench({ policy, table: openMemoryTable() });
  const disk = bench.cloud.diskOf(serverNow(bench, "analysis-1").id);
  const paths = ["/opt/tool/deploy key", "/srv/web/snakeoil.pem"];
  for (const path of paths) {
    mkdirSync(dirname(join(disk, path)), { recursive: true });
    writeFileSync(join(disk, path), "-----BEGIN RSA PRIVATE KEY-----\n");
  }
  const [gone, kept] = plantCanaries(disk, paths);
  const id = await post({ visibility: "shared" });
  await bench.drive(id, ({ waiting, endedAt }) => waiting?.question !== undefined || endedAt !== undefined);
  const { body: asked } = await bench.call("get-image-request", "alice", { id });
  expect(asked.question?.secrets).toEqual(paths.map((path) => ({ path, kind: "private-key" })));
  expect(JSON.stringify(asked)).not.toContain("BEGIN RSA");
  const body = { excludePaths: [paths[0]], acknowledgedSecrets: [paths[1]] };
  expect((await bench.call("answer-image-request", "alice", { id, body })).status).toBe(202);
  const request = await bench.drive(id);
  expect(request.end).toEqual({ status: "completed" });
  const image = bench.cloud.diskOf(imageOf(bench, request).id);
  expect(findCanaries(image, gone ? [gone] : [])).toEqual([]);
  expect(findCanaries(image, kept ? [kept] : [])).toHaveLength(1);
  await expectNothingLeft(bench, request, { image: true });
});
