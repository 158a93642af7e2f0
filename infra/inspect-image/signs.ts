// What must not be in the bytes of an image: each thing with the few bytes by which it is looked for, and the whole shape that proves it.

export interface Sign {
  /** What it is told as. Texts of `--find` are told by their number, never by themselves. */
  readonly kind: string;
  /** Where these bytes stand, the shape is tried. */
  readonly bytes: Buffer;
  /** Of the text from those bytes on, as latin1; sticky. Absent: the bytes are all of it. */
  readonly shape?: RegExp;
  /** It is one only at the beginning of a block of 512 bytes, where files begin. */
  readonly atBlock?: true;
}

/** No shape is longer, and no text that is looked for. */
export const longestBytes = 4096;

export const signs: readonly Sign[] = [
  // Programs that read keys hold the header, too: only one with a key behind it counts.
  sign(
    "private-key",
    "-----BEGIN ",
    /-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----\r?\n(?:[A-Za-z-]{1,40}: [^\n]{0,200}\n)*\r?\n?[A-Za-z0-9+/=]{16,}/y,
  ),
  sign("private-key", "PuTTY-User-Key-File-", /PuTTY-User-Key-File-\d: [a-z0-9-]{3,40}\r?\n/y),
  // crypt(5): each method with the exact length of its hash.
  sign("password-hash", "$6$", /\$6\$(?:rounds=\d{1,9}\$)?[./A-Za-z0-9]{1,16}\$[./A-Za-z0-9]{86}(?![./A-Za-z0-9])/y),
  sign("password-hash", "$5$", /\$5\$(?:rounds=\d{1,9}\$)?[./A-Za-z0-9]{1,16}\$[./A-Za-z0-9]{43}(?![./A-Za-z0-9])/y),
  sign("password-hash", "$1$", /\$1\$[./A-Za-z0-9]{1,8}\$[./A-Za-z0-9]{22}(?![./A-Za-z0-9])/y),
  sign("password-hash", "$y$", /\$y\$[./A-Za-z0-9]{1,10}\$[./A-Za-z0-9]{1,86}\$[./A-Za-z0-9]{43}(?![./A-Za-z0-9])/y),
  sign("password-hash", "$2", /\$2[abxy]\$\d\d\$[./A-Za-z0-9]{53}(?![./A-Za-z0-9])/y),
  // cloud-init's own files of an instance; the phrase alone stands in its program and its documentation.
  { ...sign("user-data", "#cloud-config", /#cloud-config[ \t]*\r?\n/y), atBlock: true },
  sign(
    "user-data",
    "Content-Type: multipart/mixed; boundary=",
    /Content-Type: multipart\/mixed; boundary="?={3,}[^\n]{1,200}\r?\nMIME-Version: /y,
  ),
  sign("user-data", "cloudinit.sources.DataSource", /cloudinit\.sources\.DataSource[A-Za-z]{2,30}\x94/y),
  sign("user-data", "# darkroom guest script\n"),
  sign("access-key", "AKIA", /AKIA(?![0-9A-Z]{9}EXAMPLE)[0-9A-Z]{16}(?![0-9A-Za-z])/y),
  sign("access-key", "ASIA", /ASIA(?![0-9A-Z]{9}EXAMPLE)[0-9A-Z]{16}(?![0-9A-Za-z])/y),
  sign(
    "access-key",
    "aws_secret_access_key",
    /aws_secret_access_key\s{0,4}[=:]\s{0,4}(?![^\n]{0,60}EXAMPLE)[A-Za-z0-9/+]{40}/y,
  ),
  sign("access-key", '"private_key_id"', /"private_key_id"\s{0,4}:\s{0,4}"[0-9a-f]{40}"/y),
  sign("access-key", "OS_PASSWORD=", /OS_PASSWORD=(?!["']?(?:\$|["'\n]|<))[^\n\0]{1,200}\n/y),
  sign(
    "access-key",
    "OS_APPLICATION_CREDENTIAL_SECRET=",
    /OS_APPLICATION_CREDENTIAL_SECRET=(?!["']?(?:\$|["'\n]|<))[^\n\0]{1,200}\n/y,
  ),
  ...["ghp_", "gho_", "ghu_", "ghs_", "ghr_"].map((begin) =>
    sign("token", begin, /gh[pousr]_[A-Za-z0-9]{36}(?![A-Za-z0-9])/y),
  ),
  sign("token", "github_pat_", /github_pat_[A-Za-z0-9_]{60}/y),
  sign("token", "glpat-", /glpat-[A-Za-z0-9_-]{20}/y),
  ...["xoxb-", "xoxp-", "xoxa-", "xoxr-", "xoxs-"].map((begin) =>
    sign("token", begin, /xox[abprs]-\d{8,14}-[A-Za-z0-9-]{16}/y),
  ),
  sign("token", "hf_", /hf_[A-Za-z]{34}(?![A-Za-z0-9])/y),
  sign("token", "earer ", /earer (?:eyJ[A-Za-z0-9_-]{10,}\.|gAAAAA)[A-Za-z0-9_-]{20}/y),
  sign("token", "gAAAAA", /gAAAAA[A-Za-z0-9_-]{100}/y),
  // The first bytes of a public key in base64 name its kind; of users and of hosts alike.
  sign("public-key-line", "ssh-rsa AAAAB3NzaC1yc2E", /ssh-rsa AAAAB3NzaC1yc2E[A-Za-z0-9+/]{100}/y),
  sign("public-key-line", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5", /ssh-ed25519 AAAAC3NzaC1lZDI1NTE5[A-Za-z0-9+/]{44}/y),
  sign("public-key-line", "ecdsa-sha2-nistp", /ecdsa-sha2-nistp(?:256|384|521) AAAAE2VjZHNhLXNoYTIt[A-Za-z0-9+/]{80}/y),
];

/** A text of `--find`, as it is and in base64 at any of the three places where it may begin. */
export function textSigns(text: string, number: number): Sign[] {
  const plain = Buffer.from(text, "utf8");
  if (plain.length < 6 || plain.length > longestBytes)
    throw new Error(`--find takes texts of 6 to ${longestBytes} bytes: shorter ones are found everywhere`);
  const kind = `text-${number}`;
  const encoded = [0, 1, 2].map((before) => {
    // Characters that hold bits of its neighbours are left out.
    const whole = Buffer.concat([Buffer.alloc(before), plain])
      .toString("base64")
      .replace(/=+$/, "");
    const begin = Math.ceil((before * 8) / 6);
    return whole.slice(begin, Math.floor(((before + plain.length) * 8) / 6));
  });
  return [{ kind, bytes: plain }, ...encoded.map((each) => ({ kind, bytes: Buffer.from(each) }))];
}

function sign(kind: string, bytes: string, shape?: RegExp): Sign {
  return { kind, bytes: Buffer.from(bytes, "latin1"), ...(shape && { shape }) };
}
