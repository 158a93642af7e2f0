// Follows one HTTP call and records it: who did what, to what, and what it changed in the cloud. No door has to remember it.
import type { APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { changesSomething, type Operation } from "../../events/operation.ts";
import { log } from "../log.ts";
import type { CallReport } from "../openstack/index.ts";
import type { About, Facts } from "./audit-record.ts";
import { collectCalls } from "./calls-made.ts";
import { type RecordedCall, record } from "./record.ts";

type Answer = APIGatewayProxyStructuredResultV2;
type Told = Pick<Operation, "id" | "method" | "path" | "looksOnly">;

/** What a call brings. */
interface Followed extends RecordedCall {
  /** The body as it was sent. */
  readonly sent: unknown;
  readonly params: unknown;
}

export interface AuditTrail {
  report(call: CallReport): void;
  note(facts: Facts, about?: About): void;
  /** The record shall not hold the caller's name. */
  withoutName(): void;
  /** This call is to be recorded, though it only looks. */
  recordLook(): void;
  /** Performs the call. A success that changed something, or looked where looks are recorded, and a failure that may have, is recorded before it is answered. */
  follow(call: Followed, handle: () => Promise<Answer>): Promise<Answer>;
}

export function openAuditTrail(operation: Told, clock: { now(): number }): AuditTrail {
  const collected = collectCalls(() => clock.now());
  let noted: { facts: Facts; about?: About } = { facts: {} };
  const changes = changesSomething(operation);
  let recorded = changes;
  let named = true;

  const keep = async (call: Followed, answer: Answer | undefined, more: Facts) => {
    const about = noted.about ?? aboutOf(operation, call.params, answer);
    const facts = { ...more, ...paramsOf(call.params, about), ...fieldsOf(call.sent), ...noted.facts };
    const caller = named ? call.caller : { ...call.caller, userName: undefined };
    await record({ ...call, caller }, operation.id, about, facts, collected.calls());
  };

  return {
    report: collected.report,
    note(facts, about = noted.about) {
      noted = { facts: { ...noted.facts, ...facts }, ...(about && { about }) };
    },
    withoutName() {
      named = false;
    },
    recordLook() {
      recorded = true;
    },
    async follow(call, handle) {
      let answer: Answer;
      try {
        answer = await handle();
      } catch (error) {
        const mayHaveChanged = collected.calls().made.some(({ status }) => status === null || status < 400);
        // The caller is to hear of the first failure, not of this one; its line is in the log.
        if (changes && mayHaveChanged) await keep(call, undefined, { failed: true }).catch(notRecorded);
        throw error;
      }
      if (recorded && (answer.statusCode ?? 200) < 400) await keep(call, answer, {});
      return answer;
    },
  };
}

function notRecorded(error: unknown): void {
  log.error("an audit record could not be written", { error });
}

const kinds: Record<string, About["kind"]> = {
  "image-requests": "image-request",
  images: "image",
  invitations: "image",
  webhooks: "webhook",
};

/** The thing that the path names; of what was just made, the answer's `id`. */
function aboutOf({ path }: Told, params: unknown, answer: Answer | undefined): About | undefined {
  const kind = kinds[path.split("/")[2] ?? ""];
  const [named] = Object.values((params ?? {}) as Record<string, string>);
  const id = named ?? idIn(answer);
  return kind && id ? { kind, id } : undefined;
}

function idIn(answer: Answer | undefined): string | undefined {
  if (!answer?.body) return undefined;
  const { id } = JSON.parse(answer.body) as { id?: unknown };
  return typeof id === "string" ? id : undefined;
}

function paramsOf(params: unknown, about: About | undefined): Facts {
  const others = Object.entries((params ?? {}) as Record<string, string>).filter(([, value]) => value !== about?.id);
  return Object.fromEntries(others);
}

/** The names of the fields only: what stands in them may be a secret. */
function fieldsOf(sent: unknown): Facts {
  return typeof sent === "object" && sent !== null ? { fields: Object.keys(sent) } : {};
}
