// Raw bytes gone through: each kind found wherever it stands, across the seams of pieces; what only looks alike is not.
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { scanFile } from "./scan.ts";
import { signs, textSigns } from "./signs.ts";

const folder = mkdtempSync(join(tmpdir(), "darkroom-scan-"));
afterAll(() => rmSync(folder, { recursive: true }));

const key = (header = "OPENSSH PRIVATE KEY") =>
  `-----BEGIN ${header}-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmU\n-----END ${header}-----\n`;
const letters = (count: number) => "aB3".repeat(count).slice(0, count);

async function found(bytes: Buffer | string, { piece = 8192, find = [] as string[] } = {}) {
  const path = join(folder, "raw");
  writeFileSync(path, bytes);
  const texts = find.flatMap((text, at) => textSigns(text, at + 1));
  return (await scanFile(path, [...signs, ...texts], { piece })).findings;
}

test.each([
  ["private-key", key()],
  ["private-key", key("RSA PRIVATE KEY")],
  ["private-key", `-----BEGIN PGP PRIVATE KEY BLOCK-----\nVersion: GnuPG v2\n\n${letters(64)}\n`],
  ["private-key", "PuTTY-User-Key-File-3: ssh-ed25519\r\n"],
  ["password-hash", `alice:$6$saltsalt$${letters(86)}:19000:0:99999:7:::\n`],
  ["password-hash", `alice:$6$rounds=5000$saltsalt$${letters(86)}:`],
  ["password-hash", `root:!$y$j9T$${letters(22)}$${letters(43)}:`],
  ["password-hash", `x:$2b$12$${letters(53)}\n`],
  ["password-hash", `x:$5$salt$${letters(43)}:`],
  ["user-data", "#cloud-config\npassword: x\n"],
  ["user-data", 'Content-Type: multipart/mixed; boundary="===============1=="\nMIME-Version: 1.0\n'],
  ["user-data", "\x8c+cloudinit.sources.DataSourceConfigDrive\x94\x8c"],
  ["access-key", "AKIAABCDEFGHIJKLMNOP\n"],
  ["access-key", `aws_secret_access_key = ${letters(40)}\n`],
  ["access-key", `"private_key_id": "${"0f".repeat(20)}"`],
  ["access-key", "export OS_PASSWORD=hunter22\n"],
  ["token", `ghp_${letters(36)}\n`],
  ["token", `Authorization: Bearer eyJhbGciOiJIUzI1NiJ9.${letters(40)}`],
  ["token", `gAAAAA${letters(150)}`],
  ["token", `glpat-${letters(20)}`],
  ["public-key-line", `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5${letters(48)} alice@home\n`],
  ["public-key-line", `ssh-rsa AAAAB3NzaC1yc2E${letters(300)} alice@home\n`],
])("%s is found: %j", async (kind, text) => {
  // At a block's beginning, for files begin there, with other bytes around.
  const at = 512 * 7;
  const bytes = Buffer.concat([Buffer.alloc(at, "\0"), Buffer.from(text, "latin1"), Buffer.alloc(900, "-")]);
  const [first, ...others] = await found(bytes);
  expect(others).toEqual([]);
  const begin = first?.offsets[0] ?? -1;
  expect(first).toMatchObject({ kind, count: 1 });
  expect(begin).toBeGreaterThanOrEqual(at);
  expect(begin).toBeLessThan(at + text.length);
});

test.each([
  ["a program's own words for a key", "-----BEGIN RSA PRIVATE KEY-----\0-----END RSA PRIVATE KEY-----\0"],
  ["a public key in PEM", `-----BEGIN PUBLIC KEY-----\n${letters(64)}\n`],
  ["a certificate", `-----BEGIN CERTIFICATE-----\n${letters(64)}\n`],
  ["a locked account", "alice:!:19000:0:99999:7:::\ndaemon:*:19000:::::\n"],
  ["a hash that is too short, or goes on", `x:$6$salt$${letters(40)}:y:$6$salt$${letters(90)}:`],
  [
    "the example of a documentation",
    "AKIAIOSFODNN7EXAMPLE aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n",
  ],
  ["a variable in place of a password", 'export OS_PASSWORD=$OS_PASSWORD_INPUT\nOS_PASSWORD="$x"\nOS_PASSWORD=\n'],
  ["the phrase in the middle of a text", "a file that begins with #cloud-config\nis one"],
  ["a module's name in a program", "cloudinit.sources.DataSourceConfigDrive\0"],
  ["a key's name without the key", "ssh-ed25519 AAAA\nssh-rsa\n"],
])("%s is nothing", async (_what, text) => {
  expect(await found(`\n${text}${" ".repeat(200)}`)).toEqual([]);
});

test("across the seam of two pieces, at every place, it is found once", async () => {
  const piece = 5000;
  for (let at = piece - key().length - 2; at < piece + 2; at++) {
    const bytes = Buffer.alloc(14_000, ".");
    bytes.write(key(), at, "latin1");
    expect([at, await found(bytes, { piece })]).toEqual([at, [{ kind: "private-key", count: 1, offsets: [at] }]]);
  }
});

test("many are counted, and the first five places told; what is all zeros is passed over", async () => {
  const bytes = Buffer.alloc(100_000);
  const places = Array.from({ length: 9 }, (_, at) => 1000 + at * 9000);
  for (const at of places) bytes.write(key(), at, "latin1");
  expect(await found(bytes)).toEqual([{ kind: "private-key", count: 9, offsets: places.slice(0, 5) }]);
  expect(await found(Buffer.alloc(100_000))).toEqual([]);
  expect(await found(Buffer.alloc(0))).toEqual([]);
});

test("a text of --find is found as it is and in base64 at each of its offsets, and told by its number", async () => {
  const text = randomBytes(24).toString("hex");
  const looks = [text, ...["", "x", "xy"].map((before) => Buffer.from(`${before}${text}zz`).toString("base64"))];
  for (const look of looks) {
    const [first, ...others] = await found(`....${look}....`, { find: ["another text", text] });
    expect([look, first, others]).toEqual([look, { kind: "text-2", count: 1, offsets: [expect.any(Number)] }, []]);
  }
  expect(() => textSigns("short", 1)).toThrow("6 to 4096 bytes");
});
