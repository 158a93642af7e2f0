// The whole interface as OpenAPI 3.1, made from the operations: what validates is what is described.
import * as z from "zod";
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiParameterObject } from "zod-openapi";
import type { Operation } from "../../events/operation.ts";
import { problemExample, problemShape } from "../../events/problem.ts";
import { webhookPayload, webhookPayloadExample } from "../../events/webhook.ts";

export type ApiDescription = ReturnType<typeof createDocument>;

/** `version`: of this installation. */
export function describeApi(operations: readonly Operation[], version: string): ApiDescription {
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {};
  for (const operation of operations) {
    paths[operation.path] = { ...paths[operation.path], [operation.method.toLowerCase()]: describe(operation) };
  }
  return createDocument(
    {
      openapi: "3.1.1",
      info: { title: "Darkroom", version, license: { name: "Apache-2.0", identifier: "Apache-2.0" }, description },
      // Relative to where this document was got.
      servers: [{ url: "/" }],
      tags: [...new Set(operations.map(({ tag }) => tag))].map((name) => ({ name })),
      paths,
      webhooks: { notice: { post: notice } },
      components: {
        securitySchemes: {
          keystoneToken: {
            type: "apiKey",
            in: "header",
            name: "X-Auth-Token",
            description: "A Keystone token that is scoped to a project.",
          },
        },
      },
    },
    { allowEmptySchema: { transform: { output: true } }, override: asItIsSent },
  );
}

const description = `Turns "make an image of my instance" into a clean, boot-tested, published image on an OpenStack cloud.

Errors are \`application/problem+json\` (RFC 9457): what happened, to what, what to do, and OpenStack's request id where its service said no; every wrong field is named.
What is another project's is 404. Bodies are JSON of at most 64 KiB. A GET has an \`ETag\`; who sends it in \`If-None-Match\` gets 304 while nothing changed.`;

/** What a registered endpoint is sent; the header's names are Standard Webhooks'. */
const notice: ZodOpenApiOperationObject = {
  operationId: "notice",
  summary: "Something has come about",
  description:
    "Signed as Standard Webhooks has it. At least once, with the same webhook-id and the same bytes at every try. An answer of 410 disables the endpoint.",
  parameters: ["webhook-id", "webhook-timestamp", "webhook-signature"].map((name) => ({
    ...header(name, "Standard Webhooks"),
    required: true,
  })),
  requestBody: {
    required: true,
    content: { "application/json": { schema: webhookPayload, example: webhookPayloadExample } },
  },
  responses: { "2XX": { description: "Taken" } },
};

function describe(operation: Operation): ZodOpenApiOperationObject {
  const { id, tag, summary, description, caller, body, answers, examples } = operation;
  const parameters = [...pathParameters(operation), ...queryParameters(operation), ...headerParameters(operation)];
  return {
    operationId: id.replaceAll(/-(\w)/g, (_dash, letter: string) => letter.toUpperCase()),
    tags: [tag],
    summary,
    ...(description !== undefined && { description }),
    security: caller === "token" ? [{ keystoneToken: [] }] : [],
    ...(parameters.length > 0 && { parameters }),
    ...(body && {
      requestBody: {
        required: !body.safeParse(undefined).success,
        content: { "application/json": { schema: body, example: examples.body } },
      },
    }),
    responses: {
      ...Object.fromEntries(Object.entries(answers).map(([status, kind]) => [status, answer(operation, kind)])),
      ...(operation.method === "GET" && { 304: unchanged }),
      ...Object.fromEntries(problemsOf(operation).map((status) => [status, refusals[status] ?? refusal(status)])),
    },
  };
}

function answer({ method }: Operation, kind: Operation["answers"][number]) {
  const { description, schema, example, contentType } = kind;
  return {
    description,
    ...(method === "GET" && { headers: { ETag: text("The version of what is shown") } }),
    ...(schema && { content: { "application/json": { schema, ...(example !== undefined && { example }) } } }),
    ...(!schema &&
      contentType !== undefined && { content: { [contentType]: { schema: { type: "string" as const } } } }),
  };
}

/** Every status that the operation refuses with: the door's own, and those that it names. */
export function problemsOf({ caller, body, headers = {}, problems = [], query }: Operation): number[] {
  const all = new Set([
    429,
    ...(caller === "token" ? [400, 401, 403, 422, 503] : []),
    ...(caller === "secret" ? [401] : []),
    ...(body ? [400, 413, 415, 422] : []),
    ...(query ? [422] : []),
    ...(Object.keys(headers).some((name) => /^if-match$/i.test(name)) ? [412] : []),
    ...problems,
  ]);
  return [...all].sort((a, b) => a - b);
}

const unchanged = { id: "Unchanged", description: "It is as in the ETag that was sent: no body" };

const reasons: Record<number, string> = {
  400: "Not to be understood: no JSON, or a provider must be named",
  401: "No token that this cloud's Keystone accepts; of a hook, no signature that fits",
  403: "Known, and not permitted",
  404: "Not there, or another project's",
  409: "Not possible as things stand",
  410: "It was there and is gone",
  412: "Changed since it was read: the ETag in If-Match is of another state",
  413: "The body is too large",
  415: "The body is no JSON",
  422: "Understood, and wrong: every wrong field is named",
  429: "Too often: Retry-After says when to come back",
  502: "The cloud's answer is of no use",
  503: "The cloud, or something that Darkroom stands on, does not answer: Retry-After says when to try again",
};

/** One object for all operations: by that it becomes a component. */
const refusals = Object.fromEntries(Object.keys(reasons).map((status) => [status, refusal(Number(status))]));

function refusal(status: number) {
  return {
    id: `Problem${status}`,
    description: reasons[status] ?? "Refused",
    ...((status === 429 || status === 503) && { headers: { "Retry-After": text("Seconds to wait") } }),
    content: { "application/problem+json": { schema: problemShape, example: { ...problemExample, status } } },
  };
}

function pathParameters({ path, examples }: Operation): ZodOpenApiParameterObject[] {
  const given: Record<string, string> = examples.params ?? {};
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => ({
    name,
    in: "path",
    required: true,
    schema: { type: "string" },
    ...(given[name] !== undefined && { example: given[name] }),
  }));
}

/** A query is an object's fields, each text. */
function queryParameters({ query, examples }: Operation): ZodOpenApiParameterObject[] {
  if (!query) return [];
  const given = (examples.query ?? {}) as Record<string, unknown>;
  const { properties = {}, required = [] } = z.toJSONSchema(query, { io: "input", unrepresentable: "any" });
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: "query",
    required: required.includes(name),
    schema: schema as object,
    ...(given[name] !== undefined && { example: asTyped(schema as { type?: string }, given[name]) }),
  }));
}

/** In a query a number is text; in its schema it is a number. */
function asTyped({ type }: { type?: string }, value: unknown): unknown {
  return type === "integer" || type === "number" ? Number(value) : value;
}

function headerParameters(operation: Operation): ZodOpenApiParameterObject[] {
  const named = Object.entries(operation.headers ?? {}).map(([name, description]) => header(name, description));
  return [
    ...(operation.caller === "token"
      ? [header("Darkroom-Provider", "Which cloud, where this installation has several")]
      : []),
    ...named,
    ...(operation.method === "GET" ? [header("If-None-Match", "The ETag of what you have")] : []),
  ];
}

function header(name: string, description: string): ZodOpenApiParameterObject {
  return { name, in: "header", description, schema: { type: "string" } };
}

function text(description: string) {
  return { description, schema: { type: "string" as const } };
}

type Override = NonNullable<NonNullable<Parameters<typeof createDocument>[1]>["override"]>;

/** Answers repeat what was asked, as our schemas made it of what was sent: of the same kind as that. */
const asItIsSent: Override = ({ zodSchema, jsonSchema, io }) => {
  const { def } = zodSchema._zod;
  if (io !== "output" || def.type !== "pipe") return;
  const { in: sent, out } = def as unknown as { in: z.ZodType; out: z.ZodType };
  if (out._zod.def.type !== "transform") return;
  const { $schema: _dialect, ...schema } = z.toJSONSchema(sent, { io: "input" });
  Object.assign(jsonSchema, schema);
};
