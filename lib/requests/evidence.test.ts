// Evidence: kept packed beside its request, the newest of each kind; the largest report fits into an item.
import { randomBytes } from "node:crypto";
import { openMemoryTable } from "../../test/matrix/memory-table.ts";
import { hearVerify } from "../guest/console.ts";
import { verifyReport } from "../guest/spoken.ts";
import { type Evidence, maxConsoleChars, openEvidenceStore } from "./evidence.ts";

const nonce = "0123456789abcdef01234567";
const heard = hearVerify(verifyReport(nonce).join("\n"), nonce);
if (heard.kind !== "report") throw new Error("no report");
const { report } = heard;
const some: Evidence<typeof report> = {
  mark: "m1",
  serverId: "s",
  imageId: "i",
  at: "now",
  report,
  consoleEnd: "Ω\u0000\n",
};

test("found as it was kept; each kind and each request by itself; the newest replaces the one before", async () => {
  const store = openEvidenceStore(openMemoryTable());
  expect(await store.find("r1", "verify")).toBeUndefined();
  await store.keep("r1", "verify", some);
  await store.keep("r2", "verify", { ...some, mark: "m2" });
  expect(await store.find("r1", "verify")).toEqual(some);
  expect(await store.find("r1", "clean")).toBeUndefined();
  const { report: _none, ...words } = { ...some, mark: "m3" };
  await store.keep("r1", "verify", words);
  expect(await store.find("r1", "verify")).toEqual(words);
  expect((await store.find("r2", "verify"))?.mark).toBe("m2");
});

test("four thousand packages and a console that nothing can pack stay far below DynamoDB's 400 KB", async () => {
  const table = openMemoryTable();
  const items = Array.from({ length: 4000 }, (_, at) => `package-${at} ${randomBytes(5).toString("hex")}-1`);
  const consoleEnd = randomBytes(maxConsoleChars).toString("base64").slice(0, maxConsoleChars);
  await openEvidenceStore(table).keep("r", "verify", {
    ...some,
    report: { ...report, packages: { items, omitted: 9 } },
    consoleEnd,
  });
  const [item] = table.items.values();
  expect(JSON.stringify(item).length).toBeLessThan(100_000);
});
