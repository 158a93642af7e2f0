// GET /v1/openapi.json: the interface as OpenAPI 3.1, made once an instance; that takes some 20 ms.
import { getOpenapi } from "../../events/operations/get-openapi.ts";
import { allOperations } from "../../events/operations/index.ts";
import { answer } from "../../lib/http/answer.ts";
import { openEndpoint } from "../../lib/http/endpoint.ts";
import { describeApi } from "../../lib/reference/openapi.ts";
import own from "../../package.json" with { type: "json" };

const described = describeApi(allOperations, own.version);

export const handler = openEndpoint(getOpenapi, async () => answer(200, described));
