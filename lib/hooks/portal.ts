// A portal or CI that may start requests: who it asks as, what for, and what of it may be given with a call.
import { type ImageRequestBody, imageRequestBody } from "../../events/image-request.ts";
import { givenValue, type PortalCall } from "../../events/portal-call.ts";
import type { Cloud } from "../openstack/index.ts";
import type { Provider } from "../providers/provider.ts";
import type { FieldError } from "../requests/problem.ts";
import type { PortalPolicy } from "./portal-policy.ts";

export interface Portal {
  readonly name: string;
  readonly policy: PortalPolicy;
  readonly provider: Provider;
  /** With the credential of the user whom the requests are asked for by. */
  readonly cloud: Cloud;
}

/** The request that a call asks for, or every field that is wrong with it. `nowMs` fills `{date}` and `{time}`, in UTC. */
export function requestFor(
  { given, request }: Pick<PortalPolicy, "given" | "request">,
  call: PortalCall,
  nowMs: number,
): { asked: ImageRequestBody } | { errors: readonly FieldError[] } {
  const sent = isFields(call.data) ? call.data : call;
  const now = new Date(nowMs).toISOString();
  const values = new Map([
    ["date", now.slice(0, 10)],
    ["time", now.slice(11, 16).replace(":", "")],
  ]);
  const errors: FieldError[] = [];
  for (const name of given) {
    const value = givenValue.safeParse(sent[name]);
    if (value.success) values.set(name, value.data);
    else
      errors.push({
        field: sent === call ? name : `data.${name}`,
        detail: value.error.issues[0]?.message ?? "is wrong",
      });
  }
  if (errors.length > 0) return { errors };
  const parsed = imageRequestBody.safeParse(filled(request, values));
  if (parsed.success) return { asked: parsed.data };
  const wrong = parsed.error.issues.map(({ path, message }) => ({
    field: `request.${path.join(".")}`,
    detail: message,
  }));
  return { errors: wrong };
}

function filled(template: unknown, values: ReadonlyMap<string, string>): unknown {
  if (typeof template === "string")
    return template.replaceAll(/\{(\w+)\}/g, (whole, name) => values.get(name) ?? whole);
  if (Array.isArray(template)) return template.map((each) => filled(each, values));
  if (!isFields(template)) return template;
  return Object.fromEntries(Object.entries(template).map(([name, value]) => [name, filled(value, values)]));
}

function isFields(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
