// The user-data: what cloud-init unpacks, that no path becomes shell, and that it is never longer than Nova takes.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the shell's own syntax
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { cleanScript, cleanUserData, verifyUserData } from "./user-data.ts";

const job = { nonce: "0123456789abcdef", excludePaths: [] as string[], keepPaths: [], keptSystemFiles: [] };
const unpacked = (userData: string) => gunzipSync(Buffer.from(userData, "base64")).toString("latin1");

test("two parts, as a mail's, in plain ASCII", () => {
  for (const text of [
    unpacked(cleanUserData({ ...job, excludePaths: ["/opt/ü\r\n"] })),
    unpacked(verifyUserData({ ...job, emptied: true })),
  ]) {
    expect(text).toMatch(/^Content-Type: multipart\/mixed; boundary="=====darkroom====="\nMIME-Version: 1\.0\n\n--/);
    expect(text.match(/^Content-Type: text\/[a-z-]+/gm)).toEqual([
      "Content-Type: text/cloud-config",
      "Content-Type: text/x-shellscript",
    ]);
    expect(text).toMatch(/\n\n#cloud-config\n/);
    expect(text).toMatch(/\n\n#!\/bin\/sh\n/);
    expect(text).toMatch(/^[\n\t -~]*$/);
  }
});

test("500 paths of usual length fit; what does not fit is said, not cut", () => {
  const excludePaths = Array.from(
    { length: 500 },
    (_, n) => `/opt/project ${n % 7}/data/run-${(n * 7919) % 9973}/results of sample ${(n * 104_729) % 99_991}.csv`,
  );
  expect(cleanUserData({ ...job, excludePaths }).length).toBeLessThan(65_535);
  const random = Array.from(
    { length: 500 },
    (_, n) =>
      `/opt/${createHash("sha512").update(`${n}`).digest("base64url")}${createHash("sha512").update(`x${n}`).digest("base64url")}`,
  );
  expect(() => cleanUserData({ ...job, excludePaths: random })).toThrow(
    /Nova takes 65535: the paths to exclude or to keep are too many or too long/,
  );
});

test("a nonce that could be more than a word is refused", () => {
  for (const nonce of ["short", "x'; reboot #00000", "x".repeat(37), "line\nline00"])
    expect(() => cleanScript({ ...job, nonce })).toThrow(/not a nonce/);
});

test("whatever a path holds, the shell reads it back as it was, and nothing of it is run", () => {
  const script = (path: string) =>
    cleanScript({ ...job, excludePaths: [path] }).replace(
      /main "\$@"\n$/,
      'W=$(mktemp -d); read_job_of_clean; path=$(decode "$(cat "$W/job.exclude")."); printf %s "${path%.}"; encoded=$(encode "${path%.}"); [ "$encoded" = "$(cat "$W/job.exclude")" ] || printf " encoded otherwise: %s" "$encoded"; rm -r "$W"\n',
    );
  const path = fc
    .array(
      fc.oneof(
        fc.constantFrom(
          "'",
          '"',
          "$(id)",
          "`id`",
          "\n",
          "\\",
          "\\0101",
          "END_OF_read_job_of_clean",
          "\r",
          "\t",
          "*",
          " ",
          "%s",
          "%b",
          "-",
        ),
        fc.string({ unit: "grapheme", maxLength: 5 }),
      ),
      { maxLength: 8 },
    )
    .map((parts) => `/${parts.join("").replaceAll("\0", "")}`)
    .filter((text) => text.isWellFormed());
  fc.assert(
    fc.property(path, (text) => {
      const options = { input: script(text), encoding: "utf8" as const, env: { PATH: process.env.PATH, LC_ALL: "C" } };
      expect(execFileSync("sh", ["-s"], options)).toBe(text);
    }),
    { seed: 1, numRuns: 50 },
  );
});
