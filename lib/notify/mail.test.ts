// Mail on its way: what reaches a server, and what is known where it does not.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SESv2ServiceException } from "@aws-sdk/client-sesv2";
import { simpleParser } from "mailparser";
import { outcomeOf as outcomeOfSes } from "../aws/mail.ts";
import { rfc822 } from "./mail.ts";
import { openMailer } from "./open-mailer.ts";
import { openSmtpMailer } from "./smtp-mailer.ts";

const mail = {
  id: "5e6f3a52-0",
  from: "Imaging <imaging@cloud.example>",
  to: { address: "alice@example.org", name: "Älice\r\nBcc: eve@example.org" },
  subject: "Ä subject\r\nBcc: eve@example.org",
  text: "line\n.\nQUIT\n",
  html: "<p>line</p>",
};

let server: Server | undefined;
afterEach(() => new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve())));

/** A server that answers each command by its first word; `undefined` in place of an answer breaks the connection, an empty one is none. */
async function serve(answers: Record<string, string | undefined>) {
  const usual = {
    EHLO: "250 hello",
    MAIL: "250 ok",
    RCPT: "250 ok",
    DATA: "354 go on",
    ".": "250 taken",
    QUIT: "221 bye",
  };
  const all: Record<string, string | undefined> = { ...usual, ...answers };
  const heard: string[] = [];
  const silent = Promise.withResolvers<void>();
  const closed = Promise.withResolvers<void>();
  server = createServer((socket: Socket) => {
    let inData = false;
    socket.on("error", () => undefined);
    socket.on("close", () => closed.resolve());
    socket.write("220 here\r\n");
    let rest = "";
    socket.on("data", (chunk) => {
      const lines = (rest + chunk.toString()).split("\r\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        if (inData && line !== ".") continue;
        const word = line.split(/[ :]/)[0] ?? "";
        heard.push(word);
        const answer = all[word] ?? undefined;
        if (answer === undefined) return void socket.destroy();
        inData = word === "DATA" && answer.startsWith("354");
        if (answer === "") silent.resolve();
        else socket.write(`${answer}\r\n`);
      }
    });
  });
  await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  return { url: `smtp://127.0.0.1:${port}`, heard, silent: silent.promise, closed: closed.promise };
}

test("a mail that the server took is sent, with what people wrote in no header but its own", async () => {
  const { url, heard } = await serve({});
  expect(await openMailer(url).send(mail)).toEqual({ kind: "sent" });
  expect(heard.slice(0, 5)).toEqual(["EHLO", "MAIL", "RCPT", "DATA", "."]);
  const parsed = await simpleParser(await rfc822(mail));
  expect(parsed.headers.has("bcc")).toBe(false);
  expect([parsed.to].flat().flatMap((to) => to?.value.map(({ address }) => address))).toEqual(["alice@example.org"]);
  expect(parsed.messageId).toMatch(/^<[0-9a-f]{40}@cloud\.example>$/);
  expect((await simpleParser(await rfc822({ ...mail, subject: "other" }))).messageId).toBe(parsed.messageId);
});

test.each<[string, Record<string, string | undefined>, object]>([
  ["an unknown mailbox is refused for good", { RCPT: "550 no such user" }, { kind: "refused", again: false }],
  ["a full one may be tried again", { RCPT: "452 full" }, { kind: "refused", again: true }],
  ["a server that is shutting down may be tried again", { MAIL: "421 later" }, { kind: "refused", again: true }],
  [
    "a mail that its content is refused for is refused for good",
    { ".": "554 spam" },
    { kind: "refused", again: false },
  ],
  ["a content that cannot be taken now may be tried again", { ".": "451 later" }, { kind: "refused", again: true }],
  ["broken before DATA nothing was sent", { RCPT: undefined }, { kind: "refused", again: true }],
  ["broken after the text nobody knows", { ".": undefined }, { kind: "unknown" }],
  ["broken at DATA nobody knows", { DATA: undefined }, { kind: "unknown" }],
])("%s", async (_what, answers, outcome) => {
  const { url } = await serve(answers);
  expect(await openMailer(url).send(mail)).toMatchObject(outcome);
});

test.each([
  ["RCPT", { kind: "refused", again: true, problem: "ETIMEDOUT: the server was not done within 15 s" }],
  [".", { kind: "unknown", problem: "ETIMEDOUT: the server was not done within 15 s" }],
])(
  "too long for the whole, at %s: before DATA it may be tried again, after that nobody knows",
  async (word, outcome) => {
    const { url, silent, closed } = await serve({ [word]: "" });
    const tooLong = new AbortController();
    const sending = openSmtpMailer(url, () => tooLong.signal).send(mail);
    await silent;
    tooLong.abort();
    expect(await sending).toEqual(outcome);
    // Nothing may follow: what is refused is sent again.
    await closed;
  },
);

test("a server that is not there was never reached", async () => {
  const { url } = await serve({});
  await new Promise<void>((resolve) => server?.close(() => resolve()));
  server = undefined;
  expect(await openMailer(url).send(mail)).toMatchObject({ kind: "refused", again: true });
});

test("a folder holds each mail once", async () => {
  const folder = mkdtempSync(join(tmpdir(), "mail-"));
  try {
    const mailer = openMailer(`file:${join(folder, "new")}`);
    for (let times = 0; times < 2; times++) expect(await mailer.send(mail)).toEqual({ kind: "sent" });
    expect(readdirSync(join(folder, "new"))).toEqual(["5e6f3a52-0.eml"]);
    const parsed = await simpleParser(readFileSync(join(folder, "new", "5e6f3a52-0.eml")));
    expect(parsed.text).toContain("line\n.\nQUIT");
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("SES: what it refuses was not sent, what it does not answer may have been", () => {
  const fault = (name: string, httpStatusCode: number) =>
    new SESv2ServiceException({ name, $fault: "client", message: "m", $metadata: { httpStatusCode } });
  expect(outcomeOfSes(fault("TooManyRequestsException", 429))).toMatchObject({ kind: "refused", again: true });
  expect(outcomeOfSes(fault("MessageRejected", 400))).toMatchObject({ kind: "refused", again: false });
  expect(outcomeOfSes(fault("InternalServiceErrorException", 500))).toMatchObject({ kind: "unknown" });
  expect(outcomeOfSes(new Error("socket hang up"))).toMatchObject({ kind: "unknown" });
});
