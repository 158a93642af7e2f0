// What must hold of the CloudFormation template that is deployed, checked without AWS.

export type Template = { Resources: Record<string, Resource>; Outputs?: Record<string, unknown> };
export type Resource = { Type: string; Properties?: Record<string, unknown>; DependsOn?: string | string[] };

/**
 * Everything wrong with the template, in words; empty when it is sound. Every Ref, GetAtt, Sub and DependsOn names a resource of
 * the template; every step has its function, queue, dead-letter queue, mapping and alarm, joined to each other; every function
 * has a role of its own that allows no wildcard, and writes to the one log group; whatever the clock calls is watched; calls are throttled; and there is
 * room left below AWS's bound.
 */
export function checkTemplate(template: Template, steps: readonly string[]): string[] {
  return [
    ...danglingReferences(template),
    ...steps.flatMap((step) => checkStep(template.Resources, step)),
    ...checkRoles(template.Resources),
    ...checkLogs(template.Resources),
    ...checkClock(template.Resources),
    ...checkThrottle(template.Resources),
    ...checkSize(template.Resources),
  ];
}

function danglingReferences(template: Template): string[] {
  const known = new Set(Object.keys(template.Resources));
  const problems: string[] = [];
  for (const [place, name] of references(template)) {
    if (!known.has(name) && !name.startsWith("AWS::"))
      problems.push(`${place} refers to ${name}, which does not exist`);
  }
  return problems;
}

/** Where something is referred to, and what. */
function* references(value: unknown, place = "template"): Generator<[string, string]> {
  if (Array.isArray(value)) {
    for (const [index, entry] of value.entries()) yield* references(entry, `${place}[${index}]`);
  } else if (typeof value === "object" && value !== null) {
    for (const [key, entry] of Object.entries(value)) {
      if (key === "Ref") yield [place, String(entry)];
      else if (key === "Fn::GetAtt") yield [place, String(Array.isArray(entry) ? entry[0] : entry).split(".")[0] ?? ""];
      else if (key === "Fn::Sub") yield* substitutions(entry, place);
      else if (key === "DependsOn") for (const name of [entry].flat()) yield [place, String(name)];
      else yield* references(entry, `${place}.${key}`);
    }
  }
}

function* substitutions(sub: unknown, place: string): Generator<[string, string]> {
  const [text, own] = Array.isArray(sub) ? sub : [sub, {}];
  for (const match of String(text).matchAll(/\$\{([^!}][^}]*)\}/g)) {
    const name = match[1] ?? "";
    if (!Object.hasOwn(own, name)) yield [place, name.startsWith("AWS::") ? name : (name.split(".")[0] ?? "")];
  }
  yield* references(own, place);
}

function checkStep(resources: Record<string, Resource>, step: string): string[] {
  const title = step.charAt(0).toUpperCase() + step.slice(1);
  const [queue, dead, lambda] = [`${title}Queue`, `${title}DeadQueue`, `${title}LambdaFunction`];
  const properties = (name: string) => resources[name]?.Properties ?? {};
  const mapping = Object.values(resources).find(
    ({ Type, Properties }) =>
      Type === "AWS::Lambda::EventSourceMapping" && same(Properties?.EventSourceArn, getAtt(queue, "Arn")),
  )?.Properties;
  const alarm = Object.values(resources).find(
    ({ Type, Properties }) =>
      Type === "AWS::CloudWatch::Alarm" && JSON.stringify(Properties?.Dimensions ?? "").includes(`"${dead}"`),
  );
  const timeoutSeconds = Number(properties(lambda).Timeout);
  const rules: [boolean, string][] = [
    [resources[lambda]?.Type === "AWS::Lambda::Function", "no function"],
    [properties(lambda).RecursiveLoop === "Allow", "Lambda would stop it after 16 rounds: RecursiveLoop is not Allow"],
    [resources[queue]?.Type === "AWS::SQS::Queue", "no queue"],
    [queueName(properties(queue)).endsWith(`-${step}`), "the queue's name does not end in the step's"],
    [Number(properties(queue).VisibilityTimeout) >= 6 * timeoutSeconds, "visibility below six times the time-out"],
    [
      same(redrive(properties(queue)).deadLetterTargetArn, getAtt(dead, "Arn")),
      "the queue does not end in the step's dead-letter queue",
    ],
    [Number(redrive(properties(queue)).maxReceiveCount) >= 5, "fewer than five receives before the dead-letter queue"],
    [resources[dead]?.Type === "AWS::SQS::Queue", "no dead-letter queue"],
    [
      queueName(properties(dead)).endsWith(`-${step}-dead`),
      "the dead-letter queue's name does not end in the step's and -dead",
    ],
    [mapping !== undefined, "no event source mapping"],
    [same(mapping?.FunctionName, getAtt(lambda, "Arn")), "the queue feeds another function"],
    [same(mapping?.FunctionResponseTypes, ["ReportBatchItemFailures"]), "no partial batch failures"],
    [same(mapping?.ScalingConfig, { MaximumConcurrency: 5 }), "no brake of five invocations at once"],
    [alarm !== undefined, "no alarm on the dead-letter queue"],
  ];
  return rules.filter(([holds]) => !holds).map(([, problem]) => `step ${step}: ${problem}`);
}

function checkRoles(resources: Record<string, Resource>): string[] {
  const problems: string[] = [];
  const users = new Map<string, string>();
  for (const [name, { Type, Properties }] of Object.entries(resources)) {
    if (Type !== "AWS::Lambda::Function") continue;
    const role = (Properties?.Role as { "Fn::GetAtt"?: [string] } | undefined)?.["Fn::GetAtt"]?.[0] ?? "none";
    const other = users.get(role);
    if (other) problems.push(`${name} shares the role ${role} with ${other}`);
    users.set(role, name);
    for (const { Action, Resource } of statements(resources[role])) {
      if ([Action].flat().some((action) => action.includes("*")))
        problems.push(`${role} allows ${[Action].flat().join()}`);
      const xray = [Action].flat().every((action) => action.startsWith("xray:"));
      if (Resource === "*" && !xray) problems.push(`${role} allows ${[Action].flat().join()} on everything`);
    }
  }
  for (const [name, { Type }] of Object.entries(resources)) {
    if (Type === "AWS::IAM::Role" && !users.has(name)) problems.push(`the role ${name} belongs to no function`);
  }
  return problems;
}

function checkLogs(resources: Record<string, Resource>): string[] {
  const groups = Object.entries(resources).filter(([, { Type }]) => Type === "AWS::Logs::LogGroup");
  const [[id, group] = ["none", undefined]] = groups;
  if (groups.length !== 1) return [`${groups.length} log groups: one is for all functions`];
  const problems: string[] = [];
  for (const [name, { Type, Properties }] of Object.entries(resources)) {
    if (Type !== "AWS::Lambda::Function") continue;
    const { LogGroup } = (Properties?.LoggingConfig ?? {}) as { LogGroup?: unknown };
    if (LogGroup !== group?.Properties?.LogGroupName) problems.push(`${name} does not write to the log group ${id}`);
    const role = (Properties?.Role as { "Fn::GetAtt"?: [string] } | undefined)?.["Fn::GetAtt"]?.[0] ?? "none";
    const allowed = statements(resources[role]).filter(({ Action }) => JSON.stringify(Action).includes("logs:"));
    const wanted = ["logs:CreateLogStream", "logs:PutLogEvents"];
    const [only, ...more] = allowed;
    if (more.length > 0 || !same(only?.Action, wanted) || !same(only?.Resource, getAtt(id, "Arn")))
      problems.push(`${role} may not write to the log group ${id}, or may more than that`);
  }
  return problems;
}

/** A failure of theirs is not tried again, and nobody waits for an answer. */
function checkClock(resources: Record<string, Resource>): string[] {
  const of = (type: string) => Object.values(resources).filter(({ Type }) => Type === type);
  const watched = JSON.stringify(of("AWS::CloudWatch::Alarm").map(({ Properties }) => Properties));
  const called = of("AWS::Events::Rule").flatMap(({ Properties }) => Properties?.Targets as { Arn: unknown }[]);
  return called
    .map(({ Arn }) => (Arn as { "Fn::GetAtt": [string] })["Fn::GetAtt"][0])
    .filter((name) => !watched.includes(JSON.stringify({ Name: "FunctionName", Value: { Ref: name } })))
    .map((name) => `the clock calls ${name}, and no alarm watches it`);
}

function checkThrottle(resources: Record<string, Resource>): string[] {
  const settings = resources.HttpApiStage?.Properties?.DefaultRouteSettings as Record<string, number> | undefined;
  const bounded = ["ThrottlingRateLimit", "ThrottlingBurstLimit"].every((limit) => Number(settings?.[limit]) > 0);
  return bounded ? [] : ["nothing bounds what all callers together may ask for"];
}

/** What CloudFormation takes is 500 (docs: "AWS CloudFormation quotas"); whoever comes near is told while there is still room. */
export const maxResources = 450;

function checkSize(resources: Record<string, Resource>): string[] {
  const size = Object.keys(resources).length;
  return size <= maxResources ? [] : [`${size} resources: CloudFormation takes 500, so stay below ${maxResources}`];
}

type Statement = { Action: string | string[]; Resource: unknown };

function statements(role: Resource | undefined): Statement[] {
  const policies = (role?.Properties?.Policies ?? []) as { PolicyDocument: { Statement: Statement[] } }[];
  return policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
}

function redrive(properties: Record<string, unknown>): { deadLetterTargetArn?: unknown; maxReceiveCount?: unknown } {
  return properties.RedrivePolicy ?? {};
}

function queueName(properties: Record<string, unknown>): string {
  return String(properties.QueueName ?? "");
}

function getAtt(name: string, attribute: string) {
  return { "Fn::GetAtt": [name, attribute] };
}

function same(left: unknown, right: unknown): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}
