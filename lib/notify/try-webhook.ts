// One try of a webhook: at least once with the same id and the same body, ten times over three days, then no more.
import type { WebhookPayload } from "../../events/webhook.ts";
import { log } from "../log.ts";
import type { Provider } from "../providers/provider.ts";
import type { Runtime } from "../runtime.ts";
import type { Delivery } from "./delivery.ts";
import { claimMs, type Left, type Senders } from "./dispatch.ts";
import { type EndpointStore, openEndpointStore, type WebhookEndpoint } from "./endpoint-store.ts";
import type { Notice } from "./notice.ts";
import { postWebhook, type WebhookAnswer } from "./post-webhook.ts";
import { poke } from "./publish-notice.ts";
import { restMs, webhookPauseMs } from "./schedule.ts";
import { openSecret } from "./webhook-secret.ts";

/** Begun so often at most, workers that died over it included. */
const maxAttempts = 20;
/** Whoever answers so wants nothing any more. */
const gone = 410;

export async function tryWebhook(
  delivery: Delivery,
  runtime: Runtime,
  { reach, signal }: Pick<Senders, "reach" | "signal">,
): Promise<Left> {
  const { notices, clock, providers, table } = runtime;
  const endpoints = openEndpointStore(table);
  const beganMs = clock.now();
  const claimed = await notices.claim(delivery, beganMs + claimMs);
  if (!claimed) return "held";
  const over = async (status: "delivered" | "failed", more: { status?: number; problem?: string; tookMs?: number }) => {
    await notices.settle(claimed, { status, made: { at: iso(beganMs), ...more } }, clock.now());
    return "over" as const;
  };

  if (claimed.attempts > maxAttempts) return await over("failed", { problem: "given up: it was begun too often" });
  const endpoint = await endpoints.get(delivery.target);
  if (!endpoint) return await over("failed", { problem: "the endpoint was deleted" });
  if (endpoint.disabled && delivery.notice.kind !== "webhook.test")
    return await over("failed", { problem: "the endpoint is disabled" });
  const secrets = secretsOf(endpoint, providers.find(endpoint.provider), beganMs);
  if (secrets.length === 0) return await over("failed", { problem: "its secret cannot be read any more: replace it" });

  const { id } = delivery.notice;
  const body = JSON.stringify(payloadOf(delivery.notice));
  const turn = await takeTurn(endpoint, endpoints, beganMs);
  const answer: Partial<WebhookAnswer> = turn.mayCall
    ? await postWebhook({ url: endpoint.url, id, body, secrets }, { reach, nowMs: beganMs, signal })
    : { problem: `not called before ${iso(turn.untilMs)}: it was slow` };
  if (turn.mayCall) await endTurn(turn.endpoint, endpoints, beganMs, clock.now());
  if (answer.problem === undefined) return await over("delivered", answer);
  log.warn("webhook not delivered", { notice: id, endpoint: endpoint.id, attempts: claimed.attempts, ...answer });
  if (answer.status === gone) {
    await endpoints.disable(endpoint.id, { at: iso(clock.now()), why: "it answered 410 Gone" });
    return await over("failed", answer);
  }
  const nowMs = clock.now();
  const pauseMs = delivery.notice.kind === "webhook.test" ? undefined : webhookPauseMs(claimed.attempts);
  if (pauseMs === undefined) return await over("failed", answer);
  const made = { at: iso(beganMs), ...answer };
  const inMs = turn.mayCall ? pauseMs : Math.max(pauseMs, turn.untilMs - nowMs);
  await notices.settle(claimed, { status: "waiting", made, nextAtMs: nowMs + inMs }, nowMs);
  if (inMs <= 900_000) await poke(runtime, delivery.id, inMs);
  return "later";
}

type Turn =
  | { readonly mayCall: true; readonly endpoint: WebhookEndpoint }
  | { readonly mayCall: false; readonly untilMs: number };

/** Whoever is slow is called by one worker at a time, and rests between: the workers are everybody's. A try that it misses counts as one. */
async function takeTurn(endpoint: WebhookEndpoint, endpoints: EndpointStore, nowMs: number): Promise<Turn> {
  const { restsUntilMs } = endpoint;
  if (restsUntilMs === undefined) return { mayCall: true, endpoint };
  if (restsUntilMs > nowMs) return { mayCall: false, untilMs: restsUntilMs };
  const untilMs = nowMs + claimMs;
  const taken = await endpoints.rest(endpoint, untilMs);
  return taken ? { mayCall: true, endpoint: { ...endpoint, restsUntilMs: untilMs } } : { mayCall: false, untilMs };
}

async function endTurn(endpoint: WebhookEndpoint, endpoints: EndpointStore, beganMs: number, nowMs: number) {
  const forMs = restMs(nowMs - beganMs);
  if (forMs !== undefined) await endpoints.rest(endpoint, nowMs + forMs);
  else if (endpoint.restsUntilMs !== undefined) await endpoints.rest(endpoint, undefined);
}

/** Made of what never changes, in the same order: the same bytes at every try. */
export function payloadOf({ kind, at, provider, projectId, facts }: Notice): WebhookPayload {
  const named = Object.entries(facts).sort(([a], [b]) => (a < b ? -1 : 1));
  return { type: kind, timestamp: at, data: { provider, projectId, ...Object.fromEntries(named) } };
}

/** The present one first. */
function secretsOf(endpoint: WebhookEndpoint, provider: Provider | undefined, nowMs: number): string[] {
  const { earlier } = endpoint;
  const sealed = [endpoint.secret, ...(earlier && earlier.untilMs > nowMs ? [earlier.secret] : [])];
  return sealed.flatMap((secret) => (provider && openSecret(provider, endpoint.id, secret)) ?? []);
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
