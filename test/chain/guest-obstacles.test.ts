// What is known of a guest and of the project's room before anything is touched: told at the preflight, and held by `check`.
import { asking, type Bench, expectNothingLeft } from "./bench.ts";
import { post, startCleaningBench } from "./speaking-guests.ts";

let bench: Bench;
beforeEach(async () => {
  bench = await startCleaningBench();
});
afterEach(() => bench.close());

interface Told {
  readonly ready: boolean;
  readonly obstacles: { level: string; code: string; field?: string; detail: string; remedy: string }[];
}

async function preflight(more: Record<string, unknown> = {}): Promise<Told> {
  const body = asking(bench, { preparation: "clean", ...more });
  const answer = await bench.call("create-preflight", "alice", { body });
  expect(answer.status).toBe(200);
  return answer.body;
}

const codes = ({ obstacles }: Told, level: string) =>
  obstacles.filter((each) => each.level === level).map(({ code }) => code);

/** Refused by `check` with the same words, before the server is touched. */
async function expectRefused(words: RegExp, more: Record<string, unknown> = {}) {
  const request = await bench.drive(await post(bench, more));
  expect(request.end).toMatchObject({ status: "failed", problem: { detail: expect.stringMatching(words) } });
  expect(request.ledger.map(({ kind }) => kind)).toEqual(["trust"]);
  await expectNothingLeft(bench, request, { image: false });
}

function baseImageHas(properties: Record<string, string>) {
  Object.assign(bench.cloud.state.images[bench.cloud.ids.image("debian-12")]?.properties ?? {}, properties);
}

test("nothing stands in the way of a plain server; what a temporary server costs is said", async () => {
  const told = await preflight();
  expect(told.ready).toBe(true);
  expect(told.obstacles.find(({ code }) => code === "temporary-server")).toMatchObject({
    level: "hint",
    detail: expect.stringMatching(/m1\.small.*credits/),
  });
  expect(codes(await preflight({ preparation: "as-is" }), "hint")).not.toContain("temporary-server");
});

test("Windows cannot be cleaned; as it is, it can be taken", async () => {
  const serverId = bench.cloud.ids.server("windows-1");
  const told = await preflight({ serverId });
  expect(told.ready).toBe(false);
  expect(told.obstacles.find(({ code }) => code === "windows")).toMatchObject({
    level: "obstacle",
    field: "preparation",
  });
  await expectRefused(/Windows, which cannot be cleaned/, { serverId });
  expect(codes(await preflight({ serverId, preparation: "as-is" }), "obstacle")).not.toContain("windows");
});

test("a kernel of its own: shared only where all can read the kernel's image; private always", async () => {
  const own = bench.cloud.ids.image("taken-name");
  baseImageHas({ kernel_id: own, ramdisk_id: own });
  expect(codes(await preflight(), "obstacle")).toEqual([]);
  expect(codes(await preflight({ visibility: "shared" }), "obstacle")).toEqual(["kernel-not-shared"]);
  await expectRefused(new RegExp(`kernel or ramdisk of its own \\(${own}`), { visibility: "community" });
  const kernel = bench.cloud.state.images[own];
  if (kernel) kernel.visibility = "community";
  expect(codes(await preflight({ visibility: "shared" }), "obstacle")).toEqual([]);
  baseImageHas({ kernel_id: "99999999-9999-4999-8999-999999999999" });
  expect(codes(await preflight({ visibility: "shared" }), "obstacle")).toEqual(["kernel-not-shared"]);
});

test("a virtual TPM and UEFI variables are no part of an image: warned, not refused", async () => {
  baseImageHas({ hw_tpm_version: "2.0", hw_tpm_model: "tpm-crb", hw_firmware_type: "uefi" });
  const told = await preflight();
  expect(told.ready).toBe(true);
  expect(codes(told, "hint")).toEqual(expect.arrayContaining(["vtpm", "uefi"]));
});

test("no flavor that fits: what was needed is said", async () => {
  for (const flavor of Object.values(bench.cloud.state.flavors)) if (flavor.diskGib >= 20) flavor.ramMib = 512;
  const told = await preflight();
  expect(told.obstacles.find(({ code }) => code === "no-flavor")?.detail).toMatch(/at least 20 GiB and 1024 MiB/);
  await expectRefused(/at least 20 GiB and 1024 MiB of memory/);
});

test.each([
  ["instances", /needs 1 servers; 0 are free/],
  ["cores", /needs 1 vCPUs; 0 are free/],
  ["ramMib", /needs 2048 MiB of memory; 0 are free/],
] as const)("no quota for one more server (%s): refused before the server is touched", async (what, words) => {
  const own = Object.values(bench.cloud.state.servers).filter(
    ({ projectId }) => projectId === bench.cloud.ids.project("astro-lab"),
  );
  const used = {
    instances: own.length,
    cores: own.reduce((sum, { flavor }) => sum + flavor.vcpus, 0),
    ramMib: own.reduce((sum, { flavor }) => sum + flavor.ramMib, 0),
  };
  bench.cloud.state.quota[what] = used[what];
  expect(codes(await preflight(), "obstacle")).toContain("quota-servers");
  expect(codes(await preflight({ preparation: "as-is" }), "obstacle")).toEqual([]);
  await expectRefused(words);
});

test("no quota for the second image that is there for a while", async () => {
  const { images } = bench.cloud.state;
  const used = Object.values(images).filter(({ owner }) => owner === bench.cloud.ids.project("astro-lab")).length;
  bench.cloud.state.imageLimits = { sizeTotalMib: 1e6, countTotal: used + 1, countUploading: 10, stageTotalMib: 1e6 };
  expect((await preflight()).obstacles.find(({ code }) => code === "quota-images")?.detail).toMatch(
    /2 more are needed/,
  );
  expect(codes(await preflight({ preparation: "as-is" }), "obstacle")).toEqual([]);
  await expectRefused(/2 more are needed for a while/);
});
