// What went wrong, as people and portals read it: problem+json (RFC 9457), in HTTP answers and on failed requests alike.

/** Members beyond RFC 9457: `errors` names every wrong field, `remedy` says what to do, `openstackRequestId` is for the operator. */
export interface Problem {
  /** Stable for machines: `urn:darkroom:problem:…`. */
  readonly type: string;
  readonly title: string;
  readonly detail: string;
  readonly remedy?: string;
  readonly errors?: readonly FieldError[];
  /** What the caller must choose from, where several things are meant. */
  readonly choices?: readonly { readonly id: string; readonly name: string }[];
  readonly openstackRequestId?: string;
  readonly service?: string;
}

export interface FieldError {
  readonly field: string;
  readonly detail: string;
}

/** `kind` becomes the type's last word: `problem("server-gone", …)` has the type `urn:darkroom:problem:server-gone`. */
export function problem(
  kind: string,
  title: string,
  detail: string,
  more: Omit<Problem, "type" | "title" | "detail"> = {},
): Problem {
  return { type: `urn:darkroom:problem:${kind}`, title, detail, ...more };
}
