// The package as AWS would get it, made from this repository: its template, its zips, and that every fault in it is found.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: CloudFormation's own syntax
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { jest } from "@jest/globals";
import { cleanScript } from "../../lib/guest/user-data.ts";
import { stepNames } from "../../lib/workflow/chain.ts";
import { bundleFunctions } from "./bundle.ts";
import { checkTemplate, maxResources, type Template } from "./check-template.ts";
import { type PackagedFunction, packageService } from "./package.ts";
import { zipBundle } from "./zip.ts";

/** osls takes some seconds; two cores may be busy with other tests. */
jest.setTimeout(180_000);

const repository = dirname(dirname(import.meta.dirname));
const folder = mkdtempSync(join(tmpdir(), "package-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** The repository by links, so that a test neither reads nor leaves anything of a package made by hand. */
function service(name: string, change: (serverlessYml: string) => string = (text) => text): string {
  const own = join(folder, name);
  mkdirSync(own);
  for (const link of ["functions", "infra", "lib", "events", "node_modules"])
    symlinkSync(join(repository, link), join(own, link));
  copyFileSync(join(repository, "package.json"), join(own, "package.json"));
  writeFileSync(join(own, "serverless.yml"), change(readFileSync(join(repository, "serverless.yml"), "utf8")));
  return own;
}

function templateOf(own: string): Template {
  return JSON.parse(readFileSync(join(own, ".serverless", "cloudformation-template-update-stack.json"), "utf8"));
}

let own: string;
let packaged: PackagedFunction[];
let template: Template;

beforeAll(async () => {
  own = service("plain");
  packaged = (await packageService(own, stepNames)).functions;
  template = templateOf(own);
});

test("every function of serverless.yml is packaged with its one bundle, and every step of the chain is among them", () => {
  const named = [...readFileSync(join(repository, "serverless.yml"), "utf8").matchAll(/^ {4}handler: /gm)];
  expect(packaged).toHaveLength(named.length);
  expect(packaged.map(({ name }) => name)).toEqual(expect.arrayContaining(stepNames));
});

test("a bundle runs alone, without the repository and its packages", () => {
  const alone = join(folder, "alone");
  mkdirSync(alone);
  for (const entry of [
    "functions/steps/capture.mjs",
    "functions/api/create-image-request.mjs",
    "functions/cron/wake.mjs",
  ]) {
    const file = join(alone, entry.replaceAll("/", "-"));
    copyFileSync(join(own, ".build", "aws", entry), file);
    const program = `console.log(typeof (await import(${JSON.stringify(file)})).handler)`;
    const options = { cwd: alone, env: {}, encoding: "utf8" as const };
    expect(execFileSync(process.execPath, ["--input-type=module", "-e", program], options)).toBe("function\n");
  }
});

test("a bundle that runs alone has the text of the guest scripts", async () => {
  const alone = mkdtempSync(join(folder, "guest-"));
  const sources = [{ name: "user-data", handler: "lib/guest/user-data.handler" }];
  const [bundle] = await bundleFunctions(sources, { serviceFolder: own, outFolder: alone });
  const job = { nonce: "0123456789", excludePaths: ["/opt/x"], keepPaths: [], keptSystemFiles: [] };
  const program = `process.stdout.write((await import(${JSON.stringify(bundle?.file)})).cleanScript(${JSON.stringify(job)}))`;
  const options = { cwd: alone, env: {}, encoding: "utf8" as const };
  const alonesScript = execFileSync(process.execPath, ["--input-type=module", "-e", program], options);
  expect(alonesScript).toBe(cleanScript(job));
  expect(alonesScript).toMatch(/^#!\/bin\/sh\n.*\nzero_free_space\(\) \{.*\nmain "\$@"\n$/s);
});

test("an unchanged function has the same zip, byte for byte, so that it is not deployed again", async () => {
  // As deep as the other, for the map names its sources from there.
  const outFolder = join(own, ".build", "again");
  const sources = [{ name: "check", handler: "functions/steps/check.handler" }];
  const [bundle] = await bundleFunctions(sources, { serviceFolder: own, outFolder });
  if (!bundle) throw new Error("nothing was bundled");
  const zipFile = join(outFolder, "check.zip");
  await zipBundle(bundle, zipFile);
  expect(readFileSync(zipFile).equals(readFileSync(join(own, ".build", "aws", "check.zip")))).toBe(true);
});

test("another stage has other names; with tracing on, every role may write traces; pages of the origins that are set may call", async () => {
  process.env.DARKROOM_TRACING = "Active";
  process.env.DARKROOM_CORS_ORIGINS = "https://a.example.org,https://b.example.org";
  try {
    const traced = service("traced");
    await packageService(traced, stepNames, ["--stage", "production"]);
    const { Resources } = templateOf(traced);
    expect(Resources.LogGroup?.Properties?.LogGroupName).toBe("/aws/lambda/darkroom-production");
    expect(Resources.CheckQueue?.Properties?.QueueName).toBe("darkroom-production-check");
    expect(Resources.HttpApi?.Properties?.CorsConfiguration).toMatchObject({
      AllowOrigins: ["https://a.example.org", "https://b.example.org"],
      ExposeHeaders: ["location", "etag", "retry-after", "link"],
    });
    expect(template.Resources.HttpApi?.Properties).not.toHaveProperty("CorsConfiguration");
    const roles = Object.values(Resources).filter(({ Type }) => Type === "AWS::IAM::Role");
    expect(roles).toHaveLength(packaged.length);
    for (const role of roles) expect(JSON.stringify(role)).toContain("xray:PutTraceSegments");
  } finally {
    delete process.env.DARKROOM_TRACING;
    delete process.env.DARKROOM_CORS_ORIGINS;
  }
});

test("a handler without its file, and a setting that osls does not know, stop the packaging in words", async () => {
  const missing = service("missing", (text) =>
    text.replace("functions/cron/wake.handler", "functions/cron/woke.handler"),
  );
  await expect(packageService(missing, stepNames)).rejects.toThrow(
    "function wake: handler functions/cron/woke.handler wants the file functions/cron/woke.ts, which is not there",
  );
  const unknown = service("unknown", (text) => text.replace("architecture: arm64", "architecture: arm65"));
  await expect(packageService(unknown, stepNames)).rejects.toThrow(/provider\.architecture/);
});

type Properties = Record<string, unknown>;
const properties = ({ Resources }: Template, name: string): Properties => Resources[name]?.Properties ?? {};
const statementsOf = (changed: Template, role: string) =>
  (properties(changed, role).Policies as [{ PolicyDocument: { Statement: Properties[] } }])[0].PolicyDocument.Statement;
const mappingOf = (changed: Template) =>
  Object.values(changed.Resources).find(
    ({ Type, Properties }) =>
      Type === "AWS::Lambda::EventSourceMapping" && JSON.stringify(Properties).includes("ResumeQueue"),
  )?.Properties ?? {};

test.each<[string, string, (changed: Template) => void]>([
  [
    "a resource that is referred to is gone",
    "refers to ConfigurationSecret",
    ({ Resources }) => delete Resources.ConfigurationSecret,
  ],
  [
    "a Sub names nothing",
    "refers to Tabel",
    (t) => Object.assign(properties(t, "Table"), { TableName: { "Fn::Sub": "${Tabel.Arn}" } }),
  ],
  [
    "a GetAtt names nothing",
    "refers to Quue",
    (t) => Object.assign(mappingOf(t), { Other: { "Fn::GetAtt": "Quue.Arn" } }),
  ],
  [
    "a DependsOn names nothing",
    "refers to Nobody",
    ({ Resources }) => Object.assign(Resources.Table ?? {}, { DependsOn: "Nobody" }),
  ],
  ["no queue", "step resume: no queue", ({ Resources }) => delete Resources.ResumeQueue],
  ["no dead-letter queue", "step resume: no dead-letter queue", ({ Resources }) => delete Resources.ResumeDeadQueue],
  ["no function", "step resume: no function", ({ Resources }) => delete Resources.ResumeLambdaFunction],
  ["no alarm", "step resume: no alarm", ({ Resources }) => delete Resources.ResumeDeadAlarm],
  ["Lambda stops the rounds", "RecursiveLoop", (t) => delete properties(t, "ResumeLambdaFunction").RecursiveLoop],
  [
    "visibility too short",
    "below six times",
    (t) => Object.assign(properties(t, "ResumeQueue"), { VisibilityTimeout: 359 }),
  ],
  [
    "time-out too long for it",
    "below six times",
    (t) => Object.assign(properties(t, "ResumeLambdaFunction"), { Timeout: 61 }),
  ],
  [
    "dies in another's queue",
    "does not end in the step's",
    (t) => Object.assign(properties(t, "ResumeQueue"), { RedrivePolicy: properties(t, "CheckQueue").RedrivePolicy }),
  ],
  [
    "a queue of another name",
    "does not end in the step's",
    (t) => Object.assign(properties(t, "ResumeQueue"), { QueueName: "x" }),
  ],
  ["no mapping", "no event source mapping", (t) => Object.assign(mappingOf(t), { EventSourceArn: "x" })],
  [
    "feeds another function",
    "feeds another",
    (t) => Object.assign(mappingOf(t), { FunctionName: { "Fn::GetAtt": ["CheckLambdaFunction", "Arn"] } }),
  ],
  ["no partial failures", "no partial", (t) => delete mappingOf(t).FunctionResponseTypes],
  ["no brake", "no brake", (t) => delete mappingOf(t).ScalingConfig],
  [
    "a role for two",
    "shares the role",
    (t) => Object.assign(properties(t, "ResumeLambdaFunction"), { Role: properties(t, "CheckLambdaFunction").Role }),
  ],
  [
    "a log group of a function's own",
    "2 log groups",
    ({ Resources }) => Object.assign(Resources, { Own: { Type: "AWS::Logs::LogGroup" } }),
  ],
  [
    "a log elsewhere",
    "does not write to the log group",
    (t) => delete properties(t, "WakeLambdaFunction").LoggingConfig,
  ],
  [
    "no right to log",
    "WakeIamRoleLambdaExecution may not write to the log group",
    (t) => statementsOf(t, "WakeIamRoleLambdaExecution").shift(),
  ],
  [
    "a right to make log groups",
    "or may more than that",
    (t) => statementsOf(t, "WakeIamRoleLambdaExecution").push({ Action: "logs:CreateLogGroup", Resource: "x" }),
  ],
  [
    "a sweep that nobody watches",
    "no alarm watches it",
    (t) => (properties(t, "TurnsFailAlarm").Metrics as unknown[]).splice(1, 1),
  ],
  [
    "no alarm on the clock of notices",
    "the clock calls RemindLambdaFunction",
    ({ Resources }) => {
      delete Resources.RemindFailsAlarm;
      delete Resources.RemindSilentAlarm;
    },
  ],
  ["no bound for all callers", "nothing bounds", (t) => delete properties(t, "HttpApiStage").DefaultRouteSettings],
  [
    "no room left",
    `stay below ${maxResources}`,
    ({ Resources }) => {
      for (let more = 0; more < maxResources; more++) Resources[`More${more}`] = { Type: "AWS::SQS::Queue" };
    },
  ],
  [
    "every action",
    "allows dynamodb:*",
    (t) => statementsOf(t, "WakeIamRoleLambdaExecution").push({ Action: "dynamodb:*", Resource: "x" }),
  ],
  [
    "every resource",
    "on everything",
    (t) => statementsOf(t, "WakeIamRoleLambdaExecution").push({ Action: "sqs:SendMessage", Resource: "*" }),
  ],
])("found: %s", (_what, message, change) => {
  const changed = structuredClone(template);
  change(changed);
  expect(checkTemplate(template, stepNames)).toEqual([]);
  expect(checkTemplate(changed, stepNames).join("\n")).toContain(message);
});

test("found: a step of the chain that serverless.yml does not have", () => {
  expect(checkTemplate(template, [...stepNames, "polish"])).toContain("step polish: no function");
});
