// POST /v1/image-requests: takes a request in. Whatever is wrong is said here, before anything is written.

import type { ImageRequestBody } from "../../events/image-request.ts";
import { createImageRequest } from "../../events/operations/create-image-request.ts";
import { answer } from "../../lib/http/answer.ts";
import { type Call, endpoint } from "../../lib/http/endpoint.ts";
import { HttpProblem, invalid } from "../../lib/http/http-problem.ts";
import { takeIn } from "../../lib/http/take-in.ts";
import { fingerprintOf, requestIdOf } from "../../lib/requests/identity-of-request.ts";
import type { ImageRequest } from "../../lib/requests/image-request.ts";
import { problem } from "../../lib/requests/problem.ts";
import { pathOf, representation } from "../../lib/requests/representation.ts";

type CreateCall = Call<ImageRequestBody, undefined>;

export const handler = endpoint(createImageRequest, async (call) => {
  const { provider, caller } = call;
  const asker = { provider: provider.name, projectId: caller.projectId, userId: caller.userId };
  const { request, again } = await takeIn(call, requestIdOf(asker, idempotencyKey(call)));
  if (again) expectSame(request, call);
  return answer(202, representation(request), { location: pathOf(request.id) });
});

function idempotencyKey(call: CreateCall): string | undefined {
  const key = call.header("idempotency-key");
  if (key === undefined || /^[\x20-\x7e]{1,255}$/.test(key)) return key;
  throw invalid([{ field: "Idempotency-Key", detail: "must be 1 to 255 printable ASCII characters" }], "headers");
}

/** Sent again, it is answered as the first time; with another body it is a mistake. */
function expectSame(earlier: ImageRequest, { body, note }: CreateCall): void {
  if (earlier.fingerprint === fingerprintOf(body)) {
    note({ again: true }, { kind: "image-request", id: earlier.id });
    return;
  }
  const detail = `This key was used before for another request, ${earlier.id}.`;
  throw new HttpProblem(
    422,
    problem("key-reused", "The key belongs to another request", detail, {
      remedy: "Use a new Idempotency-Key for a new request.",
      errors: [{ field: "Idempotency-Key", detail }],
    }),
  );
}
