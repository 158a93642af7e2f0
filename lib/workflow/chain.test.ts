// The table is the one truth about the chain: the functions, the queues and the README's picture must agree with it.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readServerlessFile } from "../../infra/local/serverless-file.ts";
import { chain, firstStep, lastStep, stepNames } from "./chain.ts";
import { chainDiagram } from "./chain-diagram.ts";

const root = join(import.meta.dirname, "../..");

test("the chain goes from the first step through every other to the last, and no further", () => {
  const seen: string[] = [];
  for (let step: keyof typeof chain | null = firstStep; step !== null; step = chain[step].next) seen.push(step);
  expect(seen).toEqual(stepNames);
  expect(chain[lastStep].next).toBeNull();
});

test.each(stepNames)("%s has its file, its function, its queue and its dead-letter queue", async (step) => {
  expect(existsSync(join(root, `functions/steps/${step}.ts`))).toBe(true);
  const { functions, resources } = await readServerlessFile(root, "test");
  const { handler, events } = functions.find(({ name }) => name === step) ?? {};
  const resource = `${step[0]?.toUpperCase()}${step.slice(1)}Queue`;
  expect(handler).toBe(`functions/steps/${step}.handler`);
  expect(events).toMatchObject([
    { sqs: { arn: { "Fn::GetAtt": [resource, "Arn"] }, functionResponseType: "ReportBatchItemFailures" } },
  ]);
  const names = Object.values(resources).flatMap(({ Type, Properties }) =>
    Type === "AWS::SQS::Queue" ? [Properties.QueueName] : [],
  );
  expect(names).toEqual(expect.arrayContaining([`darkroom-test-${step}`, `darkroom-test-${step}-dead`]));
});

test("the README's picture is made from the table", () => {
  expect(readFileSync(join(root, "README.md"), "utf8")).toContain(`\`\`\`mermaid\n${chainDiagram()}\n\`\`\``);
});
