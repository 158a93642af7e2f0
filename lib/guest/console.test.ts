// What is heard of a console: the whole report or none, whatever else is printed between, in or instead of its frames.
import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { hearClean, hearVerify } from "./console.ts";
import { checkOf, type FrameKind } from "./frames.ts";
import { framesOf } from "./spoken.ts";

const nonce = "0123456789abcdef";

const records = [
  "os\tdebian\t12\tDebian GNU/Linux 12",
  "machineIdHash\t",
  `hostKeyHash\t${"a".repeat(64)}`,
  "guestAgent\tinstalled",
  "cloudInit\t22.4",
  "removed\t/home\t3\t120",
  "excluded\t/opt/n\\0303\\0274 x\tremoved\t1\t5\t",
  "postScriptsFolder\t",
  "end",
];
const text = (lines: readonly string[] = records) => `${lines.join("\n")}\n`;

/** `by` may bend what is written. */
const frames = (
  kind: FrameKind,
  bytes: Buffer,
  { by = nonce, ...bent }: { by?: string; id?: string; payloadLength?: number } = {},
) => framesOf(by, kind, bytes, bent);

/** Incompressible ballast, so that the report has many frames. */
const ballast = Array.from(
  { length: 60 },
  (_, at) => `secret\t/opt/${createHash("sha256").update(`${at}`).digest("hex")}\ttoken`,
);
const longText = text([...records.slice(0, -1), ...ballast, "end"]);
const report = frames("C", gzipSync(longText));
const shortReport = frames("C", gzipSync(text()));

test("a report is read whole", () => {
  expect(report.length).toBeGreaterThan(15);
  expect(Math.max(...report.map((line) => line.length))).toBeLessThanOrEqual(198);
  expect(hearClean(shortReport.join("\r\n"), nonce)).toEqual({
    kind: "report",
    report: {
      kind: "clean",
      os: { id: "debian", versionId: "12", prettyName: "Debian GNU/Linux 12" },
      machineIdHash: "",
      hostKeyHashes: ["a".repeat(64)],
      guestAgent: "installed",
      cloudInit: { version: "22.4" },
      problems: [],
      removed: { items: [{ path: "/home", files: 3, bytes: 120 }], omitted: 0 },
      excluded: { items: [{ path: "/opt/nü x", outcome: "removed", files: 1, bytes: 5, why: "" }], omitted: 0 },
      kept: [],
      accounts: { items: [], omitted: 0 },
      systemFiles: { items: [], omitted: 0 },
      freeSpace: [],
      secrets: { items: [], omitted: 0 },
      postScripts: { folderProblems: [], scripts: [] },
      namesVirtioDisk: [],
    },
  });
});

const expected = hearClean(report.join("\n"), nonce);
const noise = fc.string({ unit: fc.constantFrom(..."\u001b[0;1m ~dr1 CPFV abcXYZ09/+="), maxLength: 80 });

test("in any order, repeated, among noise, with CR LF and colours: the same report", () => {
  expect(expected.kind).toBe("report");
  fc.assert(
    fc.property(
      fc.shuffledSubarray(report, { minLength: report.length }),
      fc.array(fc.nat(report.length - 1)),
      fc.array(noise),
      (order, again, others) => {
        const lines = [...order, ...again.map((at) => report[at] ?? "")].flatMap((line, at) => [
          line,
          others[at] ?? "",
        ]);
        expect(hearClean(lines.join("\u001b[0m\r\n"), nonce)).toEqual(expected);
      },
    ),
    { seed: 1, numRuns: 50 },
  );
});

test("cut into by the kernel in every round, each time elsewhere: the same report; in the same place: none", () => {
  const rounds = (places: (at: number, round: number) => boolean) =>
    [0, 1, 2]
      .flatMap((round) =>
        report.map((line, at) =>
          places(at, round) ? `${line.slice(0, 70)}[   12.34] random: crng init done\n${line.slice(70)}` : line,
        ),
      )
      .join("\n");
  expect(
    hearClean(
      rounds((at, round) => at % 3 === round),
      nonce,
    ),
  ).toEqual(expected);
  expect(
    hearClean(
      rounds((at) => at === 5),
      nonce,
    ),
  ).toEqual({ kind: "silence" });
});

test("whatever happens to the bytes, a wrong report is never read", () => {
  const whole = report.join("\n");
  const mutation = fc.array(fc.tuple(fc.nat(whole.length), fc.nat(30), fc.string({ maxLength: 30 })), {
    minLength: 1,
    maxLength: 20,
  });
  fc.assert(
    fc.property(mutation, (changes) => {
      let changed = whole;
      for (const [at, remove, insert] of changes) changed = changed.slice(0, at) + insert + changed.slice(at + remove);
      const heard = hearClean(changed, nonce);
      if (heard.kind === "report") expect(heard).toEqual(expected);
    }),
    { seed: 1, numRuns: 300 },
  );
});

test("cut short, or the beginning scrolled away: no report; with the next round's beginning: the report", () => {
  const whole = `${report.join("\n")}\n`;
  for (const share of [0.1, 0.5, 0.9]) {
    const at = Math.floor(whole.length * share);
    expect(hearClean(whole.slice(0, at), nonce).kind).toBe("silence");
    expect(hearClean(whole.slice(at), nonce).kind).toBe("silence");
    expect(hearClean(whole.slice(at) + whole.slice(0, at + 200), nonce)).toEqual(expected);
  }
});

test("of an earlier run, or merely alike: silence", () => {
  expect(hearClean(frames("C", gzipSync(text()), { by: "fedcba9876543210" }).join("\n"), nonce)).toEqual({
    kind: "silence",
  });
  expect(hearClean(shortReport.join("\n").replaceAll("~dr1", "~dr2"), nonce)).toEqual({ kind: "silence" });
  expect(hearClean(shortReport.join("\n").replaceAll(" C ", " V "), nonce)).toEqual({ kind: "silence" });
  expect(hearClean(records.join("\n"), nonce)).toEqual({ kind: "silence" });
});

test("forged totals and digests make nothing", () => {
  const forged = (kind: string, index: string, payload: string, id = "0".repeat(16)) => {
    const line = `~dr1 ${nonce} ${kind} ${index} ${id} ${payload}`;
    return `${line} ${checkOf(line).toString(16).padStart(8, "0")}`;
  };
  expect(hearClean(forged("C", "2/1", "AAAA"), nonce)).toEqual({ kind: "silence" });
  expect(hearClean(forged("C", "1/999", "AAAA"), nonce)).toEqual({ kind: "silence" });
  expect(hearClean(forged("C", "1/1", "AAAA"), nonce)).toMatchObject({
    kind: "nonsense",
    why: expect.stringContaining("digest"),
  });
  const differing = [forged("C", "1/2", "AAAA"), forged("C", "1/2", "BBBB")].join("\n");
  expect(hearClean(differing, nonce)).toMatchObject({ kind: "nonsense", why: expect.stringContaining("differ") });
});

test.each<[string, FrameKind, Buffer, string]>([
  ["a bomb", "C", gzipSync(Buffer.alloc(20 * 1024 * 1024)), "unpacked"],
  ["no gzip", "C", Buffer.from("hello"), "unpacked"],
  ["without an end", "C", gzipSync(text(records.slice(0, -1))), "does not end"],
  ["of the other script", "V", gzipSync(text()), "other script"],
  ["a record that nobody writes", "C", gzipSync(text(["evil\tx", ...records])), "evil"],
  ["a record twice", "C", gzipSync(text(["guestAgent\tabsent", ...records])), "2 times"],
  ["a record too few", "C", gzipSync(text(records.slice(1))), "os stands 0 times"],
  ["an outcome that is none", "C", gzipSync(text(["account\tx\t1000\tblessed\t", ...records])), "blessed"],
  ["a negative count", "C", gzipSync(text(["removed\t/x\t-1\t0", ...records])), "a count"],
  ["a count beyond all", "C", gzipSync(text(["removed\t/x\t99999999999999999\t0", ...records])), "a count"],
  ["raw bytes in a text", "C", gzipSync(text(["problem\t\u001b[31m", ...records])), "encoded"],
])("whole, and yet %s: nonsense", (_what, kind, bytes, why) => {
  expect(hearClean(frames(kind, bytes).slice(0, 390).join("\n"), nonce)).toMatchObject({
    kind: "nonsense",
    why: expect.stringContaining(why),
  });
});

test("two reports that differ, or a report and a failure: nonsense", () => {
  const other = frames("C", gzipSync(text(["problem\tx", ...records])));
  expect(hearClean([...shortReport, ...other].join("\n"), nonce)).toMatchObject({ kind: "nonsense" });
  expect(hearClean([...shortReport, ...frames("F", Buffer.from("no"))].join("\n"), nonce)).toMatchObject({
    kind: "nonsense",
  });
});

test("where it is, and why it gave up, in its words", () => {
  const said = ["emptying /home", "looking"].flatMap((words) => frames("P", Buffer.from(words)));
  expect(hearVerify(said.join("\n"), nonce)).toEqual({ kind: "working", doing: "looking" });
  expect(hearVerify([...said, ...frames("F", Buffer.from("the disk\u0007is full"))].join("\n"), nonce)).toEqual({
    kind: "failed",
    why: "the disk is full",
  });
});
