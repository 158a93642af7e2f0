// HTTP answers as API Gateway takes them (payload format 2.0).
import type { APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import type { HttpProblem } from "./http-problem.ts";

/** Without a body (204) there is no type of it either: a client that goes by the type would try to read one. */
export function answer(
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): APIGatewayProxyStructuredResultV2 {
  return {
    statusCode: status,
    headers: { ...(body !== undefined && { "content-type": "application/json" }), ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  };
}

export function problemAnswer({ status, problem, headers }: HttpProblem): APIGatewayProxyStructuredResultV2 {
  return {
    statusCode: status,
    headers: { "content-type": "application/problem+json", ...headers },
    body: JSON.stringify({ ...problem, status }),
  };
}
