// Operations, functions and routes are one list; every schema takes its own examples.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readServerlessFile } from "../infra/local/serverless-file.ts";
import { allOperations } from "./operations/index.ts";

const root = join(import.meta.dirname, "..");

test("every route of serverless.yml is an operation, and every operation a route", async () => {
  const { functions } = await readServerlessFile(root, "test");
  const routes = functions.flatMap(({ name, handler, events }) =>
    events.flatMap((event) =>
      "httpApi" in event ? [`${name} ${event.httpApi.method} ${event.httpApi.path} ${handler}`] : [],
    ),
  );
  const declared = allOperations.map(
    ({ id, method, path }) => `${id} ${method} ${path} functions/${folderOf(id, path)}/${id}.handler`,
  );
  expect(routes.sort()).toEqual(declared.sort());
});

test("every file of events/operations is in its list", () => {
  const files = readdirSync(join(root, "events/operations")).filter((file) => file !== "index.ts");
  expect(files.sort()).toEqual(allOperations.map(({ id }) => `${id}.ts`).sort());
});

test.each(allOperations.map((operation) => [operation.id, operation] as const))("%s", (id, operation) => {
  const { path, body, query, answers, examples } = operation;
  expect(existsSync(join(root, "functions", folderOf(id, path), `${id}.ts`))).toBe(true);
  if (body) expect(body.safeParse(examples.body)).toMatchObject({ success: true });
  if (query) expect(query.safeParse(examples.query ?? {})).toMatchObject({ success: true });
  const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
  expect(Object.keys(examples.params ?? {}).sort()).toEqual(named.sort());
  for (const { schema, example } of Object.values(answers)) {
    if (schema) expect(schema.safeParse(example)).toMatchObject({ success: true });
  }
});

test("the README says where all of it is described", () => {
  expect(readFileSync(join(root, "README.md"), "utf8")).toContain("`GET /docs`, `GET /v1/openapi.json`");
});

function folderOf(id: string, path: string): string {
  expect(id).toMatch(/^[a-z]+(-[a-z]+)*$/);
  return path.startsWith("/v1/hooks/") ? "hooks" : "api";
}
