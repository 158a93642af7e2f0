// The description is OpenAPI 3.1 by its own schema, says every operation, and its examples are of its own schemas.
import { Validator } from "@seriousme/openapi-schema-validator";
import { Ajv2020 } from "ajv/dist/2020.js";
import { allOperations } from "../../events/operations/index.ts";
import { describeApi, problemsOf } from "./openapi.ts";

const described = JSON.parse(JSON.stringify(describeApi(allOperations, "1.2.3"))) as Described;

interface Described {
  openapi: string;
  info: { version: string };
  paths: Record<string, Record<string, DescribedOperation>>;
  webhooks: Record<string, { post: DescribedOperation }>;
  components: { schemas: object; responses: object };
}
interface DescribedOperation {
  operationId: string;
  security: object[];
  parameters?: { name: string; in: string }[];
  requestBody?: Content;
  responses: Record<string, Content & { $ref?: string }>;
}
type Content = { content?: Record<string, { schema?: object; example?: unknown }> };

test("it is valid OpenAPI 3.1", async () => {
  const validator = new Validator();
  const { valid, errors } = await validator.validate({ ...structuredClone(described) });
  expect(errors).toBeUndefined();
  expect([valid, validator.version, described.info.version]).toEqual([true, "3.1", "1.2.3"]);
});

test("the validator finds what is wrong", async () => {
  const { paths, ...broken } = structuredClone(described);
  const [path = ""] = Object.keys(paths);
  const wrong = { ...broken, paths: { ...paths, [path]: { get: { parameters: [{ name: "x", in: "nowhere" }] } } } };
  expect(await new Validator().validate(wrong)).toMatchObject({ valid: false });
});

test("what is used often is said once", () => {
  expect(Object.keys(described.components.schemas)).toEqual(expect.arrayContaining(["ImageRequest", "Problem"]));
  expect(Object.keys(described.components.responses)).toEqual(expect.arrayContaining(["Unchanged", "Problem429"]));
});

describe.each(allOperations.map((operation) => [operation.id, operation] as const))("%s", (id, operation) => {
  const there = described.paths[operation.path]?.[operation.method.toLowerCase()];
  const at = `#/paths/${escaped(operation.path)}/${operation.method.toLowerCase()}`;

  test("it is described, with everything that it may answer and the headers that it reads", () => {
    const statuses = [...Object.keys(operation.answers), ...problemsOf(operation).map(String)];
    expect(Object.keys(there?.responses ?? {}).sort()).toEqual(
      [...new Set([...statuses, ...(operation.method === "GET" ? ["304"] : [])])].sort(),
    );
    expect(there?.security).toEqual(operation.caller === "token" ? [{ keystoneToken: [] }] : []);
    const headers = (there?.parameters ?? []).filter((each) => each.in === "header").map(({ name }) => name);
    expect(headers).toEqual(expect.arrayContaining(Object.keys(operation.headers ?? {})));
    expect(headers.includes("Darkroom-Provider")).toBe(operation.caller === "token");
    expect((there?.requestBody !== undefined) === (operation.body !== undefined)).toBe(true);
  });

  test("its examples are of its schemas", () => {
    const contents = [
      [`${at}/requestBody/content`, there?.requestBody?.content] as const,
      ...Object.entries(there?.responses ?? {}).map(
        ([status, response]) => [`${at}/responses/${status}/content`, response.content] as const,
      ),
    ];
    let judged = 0;
    for (const [where, content] of contents) {
      for (const [type, { schema, example }] of Object.entries(content ?? {})) {
        if (!schema || !type.includes("json")) continue;
        expect(judge(`${where}/${escaped(type)}/schema`, example)).toEqual([]);
        judged += 1;
      }
    }
    expect(judged > 0 || id.startsWith("get-docs") || Object.values(operation.answers).every((a) => !a.schema)).toBe(
      true,
    );
  });
});

test("what webhooks carry is described, with an example of its schema", () => {
  const { requestBody, parameters } = described.webhooks.notice?.post ?? {};
  expect(parameters?.map(({ name }) => name)).toEqual(["webhook-id", "webhook-timestamp", "webhook-signature"]);
  const { example } = requestBody?.content?.["application/json"] ?? {};
  expect(example).toMatchObject({ type: "image-request.completed" });
  const at = "#/webhooks/notice/post/requestBody/content/application~1json/schema";
  expect(judge(at, example)).toEqual([]);
  expect(judge(at, { type: "nothing.of-ours" })).not.toEqual([]);
});

const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
ajv.addSchema(described, "described");

function judge(pointer: string, example: unknown): unknown[] {
  const validate = ajv.getSchema(`described${pointer}`);
  if (!validate) throw new Error(`nothing at ${pointer}`);
  return validate(example) ? [] : [pointer, example, validate.errors];
}

/** A part of a JSON pointer in a fragment. */
function escaped(part: string): string {
  return encodeURIComponent(part.replaceAll("~", "~0").replaceAll("/", "~1"));
}
