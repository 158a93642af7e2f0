// Cross-origin requests as API Gateway answers them for an HTTP API: functions neither see a preflight nor say who may call.
import type { IncomingMessage, ServerResponse } from "node:http";

/** `provider.httpApi.cors` of serverless.yml. `maxAge` in seconds. */
export type Cors = {
  allowedOrigins: string[];
  allowedHeaders: string[];
  allowedMethods: string[];
  exposedResponseHeaders: string[];
  maxAge: number;
};

/** A browser asks whether a page may call. */
export function isPreflight({ method, headers }: IncomingMessage): boolean {
  return method === "OPTIONS" && headers.origin !== undefined && "access-control-request-method" in headers;
}

/** Puts onto the answer what lets the page read it, or nothing for a page of no origin that is allowed. */
export function allowOrigin(cors: Cors, request: IncomingMessage, response: ServerResponse): void {
  response.appendHeader("vary", "origin");
  const { origin } = request.headers;
  if (origin === undefined || !cors.allowedOrigins.includes(origin)) return;
  response.setHeader("access-control-allow-origin", origin);
  if (isPreflight(request)) {
    response.setHeader("access-control-allow-methods", cors.allowedMethods.join(","));
    response.setHeader("access-control-allow-headers", cors.allowedHeaders.join(","));
    response.setHeader("access-control-max-age", cors.maxAge);
  } else {
    response.setHeader("access-control-expose-headers", cors.exposedResponseHeaders.join(","));
  }
}
