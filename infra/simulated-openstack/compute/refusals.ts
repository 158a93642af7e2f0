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

/** `{"conflictingRequest": {"code": 409, "message": …}}` (nova/api/openstack/wsgi.py, Fault). */
export const novaError = (status: number, message: string): Answer => ({
  status,
  json: { [keys[status] ?? "computeFault"]: { code: status, message } },
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
