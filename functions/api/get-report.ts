// GET /v1/image-requests/{id}/report: what was removed from the image and how it was proven, with the consoles' ends.
import { getReport } from "../../events/operations/get-report.ts";
import { answer } from "../../lib/http/answer.ts";
import { endpoint } from "../../lib/http/endpoint.ts";
import { visibleRequest } from "../../lib/http/visible-request.ts";
import type { Evidence } from "../../lib/requests/evidence.ts";

export const handler = endpoint(getReport, async (call) => {
  const { id } = await visibleRequest(call);
  const { evidence } = call.runtime;
  const [clean, verify] = await Promise.all([evidence.find(id, "clean"), evidence.find(id, "verify")]);
  return answer(200, { id, clean: shown(clean), verify: shown(verify) });
});

/** Without the mark, by which we find things of ours. Null: there was no guest so far. */
function shown(evidence: Evidence<object> | undefined) {
  if (!evidence) return null;
  const { at, imageId, report = null, verdict = null, consoleEnd } = evidence;
  return { at, imageId, report, verdict, consoleEnd };
}
