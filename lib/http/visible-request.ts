// The request that a path names, for those who may see it.
import type { ImageRequest } from "../requests/image-request.ts";
import { type Caller, maySee } from "./caller.ts";
import type { Call } from "./endpoint.ts";
import { notFound } from "./http-problem.ts";

/** Another project's, another provider's and one that never was: 404, all the same. */
export async function visibleRequest({
  runtime,
  provider,
  caller,
  params: { id },
}: Call<unknown, unknown, { readonly id: string }>): Promise<ImageRequest> {
  const request = /^[0-9a-f-]{36}$/.test(id) ? await runtime.store.get(id) : undefined;
  if (!request || request.provider !== provider.name || !maySee(caller, request)) throw notFound("image request");
  return request;
}

/** Who acts, for the record. */
export function actor({ userId, userName }: Caller) {
  return { userId, userName };
}
