// The bench with people to tell: mail into a folder, webhooks to a receiver of ours on this machine, pokes delivered when asked for.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ParsedMail, simpleParser } from "mailparser";
import { Webhook } from "standardwebhooks";
import { webhookPayload } from "../../events/webhook.ts";
import { dispatch, type Senders } from "../../lib/notify/dispatch.ts";
import type { Mail, MailOutcome } from "../../lib/notify/mail.ts";
import { openMailer } from "../../lib/notify/open-mailer.ts";
import { remind } from "../../lib/notify/remind.ts";
import { type BenchOptions, startBench } from "../chain/bench.ts";
import { secretWatch } from "../secrets/watch.ts";

export type NoticeBench = Awaited<ReturnType<typeof startNoticeBench>>;

export interface Received {
  readonly path: string;
  readonly id: string;
  readonly headers: Record<string, string>;
  readonly body: string;
  // biome-ignore lint/suspicious/noExplicitAny: what was sent
  readonly payload: any;
}

export async function startNoticeBench(options: BenchOptions = {}) {
  const bench = await startBench({
    ...options,
    settings: { DARKROOM_WEBHOOKS_TO_LOOPBACK: "allowed", ...options.settings },
    policy: {
      mailFrom: "Imaging <imaging@cloud.example>",
      portalUrl: "https://portal.example/requests/{id}",
      supportContact: "help@cloud.example",
      ...options.policy,
    },
  });
  const folder = mkdtempSync(join(tmpdir(), "darkroom-mail-"));
  const inFolder = openMailer(`file:${folder}`);
  const sent: Mail[] = [];
  const received: Received[] = [];
  /** What the receiver answers, and what the mail server says; changed by tests. */
  const answers = {
    status: 204,
    headers: {} as Record<string, string>,
    mail: undefined as MailOutcome | undefined,
    held: Promise.resolve(),
  };
  const receiver = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk) => chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks).toString();
      const headers = request.headers as Record<string, string>;
      secretWatch().written("webhook", `${JSON.stringify(headers)}${body}`);
      received.push({
        path: request.url ?? "",
        id: headers["webhook-id"] ?? "",
        headers,
        body,
        payload: JSON.parse(body),
      });
      const { status, headers: answered, held } = answers;
      void held.then(() => response.writeHead(status, answered).end("an answer that nobody sees"));
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
  const { port } = receiver.address() as { port: number };

  const senders: Senders = {
    mailer: {
      async send(mail) {
        secretWatch().written("mail", JSON.stringify(mail));
        sent.push(mail);
        await answers.held;
        return answers.mail ?? (await inFolder.send(mail));
      },
    },
    reach: { loopback: true },
    signal: new AbortController().signal,
    timeIsUp: () => false,
  };

  return {
    ...bench,
    answers,
    /** Every mail that was handed to the mail server, in order. */
    sent,
    received,
    senders,
    hookUrl: (path = "/hook") => `http://127.0.0.1:${port}${path}`,
    /** Delivers the pokes that are due, one after the other. */
    async tell(): Promise<void> {
      for (let rounds = 0; rounds < 200; rounds++) {
        const at = bench.pokes.findIndex(({ dueMs }) => dueMs <= bench.clock.now());
        const [poke] = at < 0 ? [] : bench.pokes.splice(at, 1);
        if (!poke) return;
        await dispatch(poke.about, bench.runtime, senders);
      }
      throw new Error("the pokes do not end");
    },
    /** As the clock does each minute, for so long; every poke was lost before. */
    async minutes(count: number): Promise<void> {
      for (let minute = 0; minute < count; minute++) {
        bench.clock.advance(60_000);
        await remind(bench.runtime);
        await this.tell();
      }
    },
    async mails(): Promise<ParsedMail[]> {
      const files = readdirSync(folder).filter((name) => name.endsWith(".eml"));
      return await Promise.all(files.map((name) => simpleParser(readFileSync(join(folder, name)))));
    },
    async close() {
      receiver.closeAllConnections();
      await new Promise((resolve) => receiver.close(resolve));
      rmSync(folder, { recursive: true, force: true });
      await bench.close();
    },
  };
}

/** Registers an endpoint of alice's project, as a portal does. */
export async function register(
  bench: NoticeBench,
  more: Record<string, unknown> = {},
): Promise<{ id: string; secret: string }> {
  const { status, body } = await bench.call("create-webhook", "alice", { body: { url: bench.hookUrl(), ...more } });
  if (status !== 201) throw new Error(`not registered: ${status} ${JSON.stringify(body)}`);
  return body;
}

/** Throws where the signature is not of this secret, or the body is not what the reference describes. The library reads the machine's time; the bench has its own. */
export function verify({ headers, body }: Received, secret: string): void {
  const { "webhook-id": id = "", "webhook-timestamp": timestamp = "", "webhook-signature": signature = "" } = headers;
  const expected = new Webhook(secret).sign(id, new Date(Number(timestamp) * 1000), body);
  if (!signature.split(" ").includes(expected)) throw new Error(`the signature ${signature} is not ${expected}`);
  webhookPayload.parse(JSON.parse(body));
}
