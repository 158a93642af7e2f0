// GET /docs: the reference for people.
import { getDocs } from "../../events/operations/get-docs.ts";
import { openEndpoint } from "../../lib/http/endpoint.ts";
import { page, pagePolicy } from "../../lib/reference/page.ts";

export const handler = openEndpoint(getDocs, async () => ({
  statusCode: 200,
  headers: { "content-type": "text/html; charset=utf-8", "content-security-policy": pagePolicy },
  body: page,
}));
