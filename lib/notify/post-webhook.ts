// One webhook over HTTP: signed by Standard Webhooks, to an outside address, bounded in time and size, never redirected.
import { Webhook } from "standardwebhooks";
import { Agent, request } from "undici";
import { addressesOf, InsideAddress, pinnedTo, type Reach } from "./inside-address.ts";

export interface OutgoingWebhook {
  readonly url: string;
  /** The receiver's key for "have I had this one". */
  readonly id: string;
  /** JSON. */
  readonly body: string;
  /** Each signs: two while a secret is being replaced. */
  readonly secrets: readonly string[];
}

export interface WebhookAnswer {
  /** Absent where none came. */
  readonly status?: number;
  /** Why it did not arrive; absent for 2xx. Nothing of what was answered: what is behind an address is not shown to whoever registered it. */
  readonly problem?: string;
  readonly tookMs: number;
}

const timeoutMs = 10_000;
const maxAnswerBytes = 16_384;

/** Never throws. The host's addresses are looked at anew each time: names move. */
export async function postWebhook(
  { url, id, body, secrets }: OutgoingWebhook,
  { reach, nowMs, signal }: { reach: Reach; nowMs: number; signal: AbortSignal },
): Promise<WebhookAnswer> {
  const beganMs = performance.now();
  const took = () => ({ tookMs: Math.round(performance.now() - beganMs) });
  const timeout = AbortSignal.timeout(timeoutMs);
  const end = AbortSignal.any([signal, timeout]);
  let connections: Agent | undefined;
  try {
    const addresses = await within(end, addressesOf(url, reach));
    connections = new Agent({
      connect: { lookup: pinnedTo(addresses), timeout: timeoutMs },
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      maxHeaderSize: maxAnswerBytes,
      allowH2: false,
      pipelining: 0,
    });
    const answer = await request(url, {
      method: "POST",
      headers: {
        ...signed({ id, body, secrets }, nowMs),
        "content-type": "application/json",
        "user-agent": "Darkroom",
      },
      body,
      dispatcher: connections,
      signal: end,
    });
    const { statusCode: status } = answer;
    await answer.body.dump({ limit: maxAnswerBytes }).catch(() => undefined);
    return status >= 200 && status < 300 ? { status, ...took() } : { status, problem: `answered ${status}`, ...took() };
  } catch (error) {
    return { problem: wordsOf(error, timeout), ...took() };
  } finally {
    await connections?.destroy().catch(() => undefined);
  }
}

export function signed({ id, body, secrets }: Omit<OutgoingWebhook, "url">, nowMs: number): Record<string, string> {
  const at = new Date(nowMs);
  return {
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(nowMs / 1000)),
    "webhook-signature": secrets.map((secret) => new Webhook(secret).sign(id, at, body)).join(" "),
  };
}

/** A resolver heeds no signal. */
async function within<Found>(end: AbortSignal, work: Promise<Found>): Promise<Found> {
  work.catch(() => undefined);
  const ended = new Promise<never>((_resolve, reject) => {
    end.addEventListener("abort", () => reject(end.reason), { once: true });
  });
  return await Promise.race([work, ended]);
}

function wordsOf(error: unknown, timeout: AbortSignal): string {
  if (error instanceof InsideAddress) return error.message;
  if (timeout.aborted) return `no answer within ${timeoutMs / 1000} s`;
  const code = typeof error === "object" && error !== null && "code" in error ? String(error.code) : "";
  return code ? `no connection or no answer: ${code}` : "no connection or no answer";
}
