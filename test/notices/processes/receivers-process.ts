// A mail server and a portal's webhook endpoint, in a process of their own: whatever arrives is one line of JSON.
import { createServer } from "node:http";
import { simpleParser } from "mailparser";
import { SMTPServer } from "smtp-server";

const say = (line: unknown) => process.stdout.write(`${JSON.stringify(line)}\n`);

const smtp = new SMTPServer({
  authOptional: true,
  disabledCommands: ["STARTTLS"],
  async onData(stream, session, callback) {
    const mail = await simpleParser(stream);
    const to = session.envelope.rcptTo.map(({ address }) => address);
    const { subject, text, html, messageId, headers } = mail;
    const from = session.envelope.mailFrom;
    say({
      kind: "mail",
      to,
      from: from ? from.address : null,
      subject,
      text,
      html,
      messageId,
      names: [...headers.keys()],
    });
    callback();
  },
});
const http = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk) => chunks.push(chunk));
  request.on("end", () => {
    say({ kind: "webhook", path: request.url, headers: request.headers, body: Buffer.concat(chunks).toString() });
    response.writeHead(204).end();
  });
});

await Promise.all([
  new Promise<void>((resolve) => smtp.listen(0, "127.0.0.1", resolve)),
  new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve)),
]);
const portOf = (server: { address(): unknown }) => (server.address() as { port: number }).port;
say({ kind: "listening", smtp: portOf(smtp.server), http: portOf(http) });
