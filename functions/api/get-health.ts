// GET /health: can this installation take requests? It reads its configuration and its table; clouds are not asked.
import { getHealth } from "../../events/operations/get-health.ts";
import { answer } from "../../lib/http/answer.ts";
import { openEndpoint } from "../../lib/http/endpoint.ts";
import { HttpProblem } from "../../lib/http/http-problem.ts";
import { log } from "../../lib/log.ts";
import { problem } from "../../lib/requests/problem.ts";

export const handler = openEndpoint(getHealth, async ({ runtime: { store, providers } }) => {
  try {
    await store.get("health");
  } catch (error) {
    log.error("health: the table does not answer", { error });
    throw new HttpProblem(503, problem("unhealthy", "The table does not answer", "Requests cannot be stored now."), {
      "retry-after": "10",
    });
  }
  return answer(200, { status: "ok", providers: providers.all.map(({ name }) => name) });
});
