// Nova's errors, as it words them.
import { type Answer, Refusal } from "../http.ts";

const keys: Record<number, string> = {
  400: "badRequest",
  401: "unauthorized",
  403: "forbidden",
  404: "itemNotFound",
  405: "badMethod",
  409: "conflictingRequest",
  413: "overLimit",
  415: "badMediaType",
  429: "overLimit",
  501: "notImplemented",
  503: "serviceUnavailable",
};

/** `{"conflictingRequest": {"code": 409, "message": …}}`; a 413 or 429 repeats its `Retry-After` (nova/api/openstack/wsgi.py, Fault). */
export const novaError = (status: number, message: string, retryAfter?: string): Answer => ({
  status,
  json: {
    [keys[status] ?? "computeFault"]: {
      code: status,
      message,
      ...((status === 413 || status === 429) && retryAfter !== undefined && { retryAfter }),
    },
  },
});

export const refuse = (status: number, message: string): Refusal => new Refusal(novaError(status, message));

export const unexpected = (what: string): Refusal =>
  refuse(
    500,
    `Unexpected API Error. Please report this at http://bugs.launchpad.net/nova/ and attach the Nova API log if possible.\n${what}`,
  );

export const noSuchServer = (id: string): Refusal => refuse(404, `Instance ${id} could not be found.`);

export const notAllowed = (rule: string): Refusal => refuse(403, `Policy doesn't allow ${rule} to be performed.`);

/** As Nova's schemas complain: which field, what it held, what is wrong with it. */
export const invalidField = (field: string, shown: string, complaint: string): Refusal =>
  refuse(400, `Invalid input for field/attribute ${field}. Value: ${shown}. ${complaint}`);

export const conflict = (method: string, id: string, attribute: "vm_state" | "task_state", state: string): Refusal =>
  refuse(409, `Cannot '${method}' instance ${id} while it is in ${attribute} ${state}`);

const unexpectedText =
  "Unexpected API Error. Please report this at http://bugs.launchpad.net/nova/ and attach the Nova API log if possible.\n<class 'oslo_db.exception.DBConnectionError'>";

/** What Nova says with a status where there is nothing better to say. */
export const usualMessage = (status: number): string =>
  status === 500 ? unexpectedText : (explanations[status] ?? "The request could not be fulfilled.");

/** webob's explanations, which Nova falls back on. */
const explanations: Record<number, string> = {
  400: "The server could not comply with the request since it is either malformed or otherwise incorrect.",
  401: "This server could not verify that you are authorized to access the document you requested.",
  403: "Policy doesn't allow this action to be performed.",
  404: "The resource could not be found.",
  405: "The method specified is not allowed for this resource.",
  409: "There was a conflict when trying to complete your request.",
  413: "Quota exceeded, too many requests.",
  429: "This request was rate-limited.",
  503: "Service is unavailable at this time.",
  504: "The gateway has timed out.",
};
