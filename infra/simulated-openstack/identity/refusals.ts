// Keystone's errors, as it words them.
import { type Answer, Refusal } from "../http.ts";

const titles: Record<number, string> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  409: "Conflict",
  413: "Request Entity Too Large",
  429: "Too Many Requests",
  500: "Internal Server Error",
  501: "Not Implemented",
  503: "Service Unavailable",
};

export function keystoneError(status: number, message: string, headers: Record<string, string> = {}): Answer {
  return { status, json: { error: { code: status, message, title: titles[status] ?? "Error" } }, headers };
}

/** The one answer to every failed authentication: it never says why. */
export const unauthorized = (baseUrl: string): Refusal =>
  new Refusal(
    keystoneError(401, "The request you have made requires authentication.", {
      "WWW-Authenticate": `Keystone uri="${baseUrl}/identity/v3"`,
    }),
  );

/** `what` is the rule that refuses (`identity:list_users`), or a sentence; without it Keystone says nothing more. */
export const forbidden = (what?: string): Refusal =>
  new Refusal(
    keystoneError(
      403,
      `You are not authorized to perform the requested action${what === undefined ? "" : `: ${what}`}.`,
    ),
  );

export const notFound = (message: string): Refusal => new Refusal(keystoneError(404, message));

/** A body that does not fit Keystone's schema: only the first line of its message is given here. */
export const badRequest = (message: string): Refusal => new Refusal(keystoneError(400, message));

const blame =
  "The server could not comply with the request since it is either malformed or otherwise incorrect. The client is assumed to be in error.";

export const malformed = (message: string): Refusal => badRequest(`${message} ${blame}`);

/** What Keystone says with a status where there is nothing better to say (keystone/exception.py). */
export const usualMessage = (status: number): string => explanations[status] ?? "The request could not be fulfilled.";

const explanations: Record<number, string> = {
  400: blame,
  401: "The request you have made requires authentication.",
  403: "You are not authorized to perform the requested action.",
  404: "Could not find the resource.",
  409: "Conflict occurred attempting to store the resource.",
  413: "Request is too large.",
  500: "An unexpected error prevented the server from fulfilling your request.",
  501: "The action you have requested has not been implemented.",
  503: "The service is currently unable to handle the request.",
};
