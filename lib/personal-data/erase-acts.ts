// What a user decided or cancelled: their name stands in others' requests and questions, to which only their audit records lead.
import type { AuditRecord } from "../audit/audit-record.ts";
import { openPublicity } from "../images/publicity.ts";
import type { Runtime } from "../runtime.ts";
import { eraseNameIn } from "./erase-request.ts";
import { erasedName } from "./names.ts";

/** Operations that write the caller's name into a request that may be somebody else's. */
const inRequests: ReadonlySet<string> = new Set(["decide-image-request", "cancel-image-request"]);

export interface ErasedAct {
  /** What held the name until now. Absent: nothing does (any more). */
  readonly from?: "request" | "question";
  /** The request that is still under way, and was not touched. */
  readonly live?: string;
}

/** Takes the actor's name out of what the record is about. Doing it again changes nothing. */
export async function eraseAct(
  runtime: Pick<Runtime, "table" | "store" | "evidence">,
  { provider, action, about, actor }: AuditRecord,
): Promise<ErasedAct> {
  if (about?.kind === "image-request" && inRequests.has(action)) {
    const request = await runtime.store.get(about.id);
    const gone = request && (await eraseNameIn(runtime, request, actor.userId));
    if (gone) return { from: "request" };
    return request && gone === undefined ? { live: request.id } : {};
  }
  if (about?.kind === "image" && action === "decide-publicity") {
    const publicity = openPublicity(runtime.table);
    const question = await publicity.find(provider, about.id);
    if (question && (await publicity.withoutName(question, actor.userId, erasedName))) return { from: "question" };
  }
  return {};
}
