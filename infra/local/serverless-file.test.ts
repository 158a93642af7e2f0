// serverless.yml as the host reads it: the repository's own, and small ones that try each construct.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: serverless.yml's own syntax
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stepNames } from "../../lib/workflow/chain.ts";
import { readServerlessFile } from "./serverless-file.ts";

const folder = mkdtempSync(join(tmpdir(), "serverless-"));
afterAll(() => rmSync(folder, { recursive: true }));

function read(text: string, files: Record<string, string> = {}) {
  writeFileSync(join(folder, "serverless.yml"), text);
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  return readServerlessFile(folder, "local");
}

const oneFunction = (lines: string) => `
service: small
provider: { timeout: 9, environment: { SHARED: all } }
functions:
  only:
    handler: folder/only.handler
${lines}`;

test("the repository's own: every step of the chain has its function and queue; routes and rates are read", async () => {
  const { functions, resources } = await readServerlessFile(join(import.meta.dirname, "../.."), "local");
  for (const step of stepNames) {
    const definition = functions.find(({ name }) => name === step);
    const title = step.charAt(0).toUpperCase() + step.slice(1);
    expect(definition).toMatchObject({ handler: `functions/steps/${step}.handler`, timeout: 60 });
    expect(definition?.events).toEqual([
      { sqs: expect.objectContaining({ arn: { "Fn::GetAtt": [`${title}Queue`, "Arn"] }, maximumConcurrency: 5 }) },
    ]);
    expect(resources[`${title}Queue`]?.Properties.QueueName).toBe(`darkroom-local-${step}`);
  }
  const events = (name: string) => functions.find((each) => each.name === name)?.events;
  expect(events("get-timeline")).toEqual([{ httpApi: { method: "GET", path: "/v1/image-requests/{id}/timeline" } }]);
  expect(events("wake")).toEqual([{ schedule: 60_000 }]);
  expect(events("sweep-trusts")).toEqual([{ schedule: 3_600_000 }]);
});

test("variables, fallbacks, files with addresses, merged anchors and CloudFormation's tags", async () => {
  const text = oneFunction(`
    environment:
      STAGE: \${opt:stage, 'dev'}
      NAME: \${self:service}-\${sls:stage}-\${env:SURELY_NOT_SET, "fallback"}
      KEPT: !Sub "\${AWS::Region} \${Table.Arn}"
    events: [{ sqs: { <<: *mapping, arn: !GetAtt Q.Arn } }]
resources:
  - \${file(queues.yml)}
  - Resources: \${file(tables.yml):deep.tables}`).replace(
    "service: small",
    "service: small\ncustom: { mapping: &mapping { batchSize: 3 } }",
  );
  const { functions, resources } = await read(text, {
    "queues.yml": "Resources: { Q: { Type: Queue, Properties: { Name: !Join ['-', [a, !Ref B]] } } }",
    "tables.yml": "deep: { tables: { T: { Type: Table } } }",
  });
  expect(functions).toEqual([
    {
      name: "only",
      handler: "folder/only.handler",
      timeout: 9,
      memorySize: 1024,
      environment: {
        SHARED: "all",
        STAGE: "local",
        NAME: "small-local-fallback",
        KEPT: { "Fn::Sub": "${AWS::Region} ${Table.Arn}" },
      },
      events: [{ sqs: { arn: { "Fn::GetAtt": ["Q", "Arn"] }, batchSize: 3, maximumConcurrency: 5 } }],
    },
  ]);
  expect(resources).toEqual({
    Q: { Type: "Queue", Properties: { Name: { "Fn::Join": ["-", ["a", { Ref: "B" }]] } } },
    T: { Type: "Table", Properties: {} },
  });
});

test.each([
  ["    events: [{ schedule: cron(0 1 * * ? *) }]", /functions\.only\.events\[0\]/],
  ["    events: [{ sqs: { arn: x, batchSize: 100 } }]", /batchSize/],
  ["    events: [{ websocket: $connect }]", /functions\.only\.events\[0\]/],
  ["    environment: { A: '${env:SURELY_NOT_SET}' }", /\$\{env:SURELY_NOT_SET\} has no value/],
  ["    environment: { A: '${ssm:/path}' }", /ssm:\/path.*does not know/],
  ["    environment: { A: '${self:functions.only.environment.A}' }", /circle/],
  ["    environment: [", /serverless\.yml: /],
])("what this host could not run as AWS would is refused by name: %s", async (lines, message) => {
  await expect(read(oneFunction(lines))).rejects.toThrow(message);
});
