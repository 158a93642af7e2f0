// HTTP as API Gateway's HTTP APIs hand it to functions (payload format 2.0), and what a function answers.
import { isUtf8 } from "node:buffer";
import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import * as z from "zod";
import type { Route } from "./serverless-file.ts";

/** The event for a route that matched; `body` is the whole body. What is not text reaches the function in base64. */
export function httpEvent(
  request: IncomingMessage,
  url: URL,
  { route, parameters }: { route: Route; parameters: Record<string, string> },
  body: Buffer,
  proxies = 0,
) {
  const { cookies, headers } = splitHeaders(request);
  const isText = isTextType(headers["content-type"]) && isUtf8(body);
  const query = [...new Set(url.searchParams.keys())].map((name) => [name, url.searchParams.getAll(name).join(",")]);
  return {
    version: "2.0",
    routeKey: `${route.method} ${route.path}`,
    rawPath: url.pathname,
    rawQueryString: url.search.slice(1),
    ...(cookies.length > 0 && { cookies }),
    headers,
    ...(query.length > 0 && { queryStringParameters: Object.fromEntries(query) }),
    ...(Object.keys(parameters).length > 0 && { pathParameters: parameters }),
    requestContext: {
      http: {
        method: request.method,
        path: url.pathname,
        protocol: `HTTP/${request.httpVersion}`,
        sourceIp: callerAddress(request, proxies),
        userAgent: headers["user-agent"] ?? "",
      },
      domainName: url.host,
      requestId: randomUUID(),
      routeKey: `${route.method} ${route.path}`,
      stage: "$default",
      timeEpoch: Date.now(),
    },
    ...(body.length > 0 && { body: body.toString(isText ? "utf8" : "base64") }),
    isBase64Encoded: body.length > 0 && !isText,
  };
}

export type HttpAnswer = { status: number; headers: [string, string][]; body: Buffer };

/** A result with a `statusCode` is an answer; any other is its JSON with 200. Throws for what is neither: API Gateway answers 500 then. */
export function httpAnswer(result: unknown): HttpAnswer {
  if (typeof result !== "object" || result === null || !("statusCode" in result)) {
    const text = typeof result === "string" ? result : JSON.stringify(result ?? null);
    return { status: 200, headers: [["content-type", "application/json"]], body: Buffer.from(text) };
  }
  const { statusCode, headers, cookies, body, isBase64Encoded } = answerShape.parse(result);
  const named = Object.entries(headers).map(([name, value]): [string, string] => [name.toLowerCase(), String(value)]);
  return {
    status: statusCode,
    headers: [...named, ...cookies.map((cookie): [string, string] => ["set-cookie", cookie])],
    body: Buffer.from(body, isBase64Encoded ? "base64" : "utf8"),
  };
}

const answerShape = z.object({
  statusCode: z.coerce.number().int().min(200).max(599),
  headers: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
  cookies: z.array(z.string()).default([]),
  body: z.string().default(""),
  isBase64Encoded: z.boolean().default(false),
});

/** Each proxy adds whom it heard to the end of X-Forwarded-For: what stands before the entries of ours is whatever the caller wrote. */
function callerAddress({ headers, socket }: IncomingMessage, proxies: number): string | undefined {
  const forwarded = [headers["x-forwarded-for"] ?? []].flat().flatMap((line) => line.split(","));
  const road = [...forwarded.map((address) => address.trim()), socket.remoteAddress];
  return road[Math.max(0, road.length - 1 - proxies)];
}

/** Names in lower case, several values joined by commas, cookies apart. */
function splitHeaders(request: IncomingMessage): { cookies: string[]; headers: Record<string, string> } {
  const { cookie = [], ...others } = request.headersDistinct;
  return {
    cookies: cookie.flatMap((line) => line.split(/; */)).filter((one) => one !== ""),
    headers: Object.fromEntries(Object.entries(others).map(([name, values = []]) => [name, values.join(",")])),
  };
}

function isTextType(contentType: string | undefined): boolean {
  if (contentType === undefined) return true;
  return /^(text\/|application\/(json|javascript|xml|[\w.-]+\+(json|xml))\b)/i.test(contentType);
}
