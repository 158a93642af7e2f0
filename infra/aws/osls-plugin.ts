// A plugin of osls: bundles each function before it is packaged, and mends what serverless-iam-roles-per-function leaves.
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { bundleFunctions } from "./bundle.ts";
import { corsOrigins } from "./cors-origins.ts";
import { zipBundle } from "./zip.ts";

/** What this plugin uses of osls' own object; osls has no types for plugins. */
type Serverless = {
  serviceDir: string;
  service: {
    functions: Record<string, { handler: string; package?: { artifact?: string } }>;
    provider: {
      httpApi?: { cors?: { allowedOrigins: string[] } };
      compiledCloudFormationTemplate: { Resources: Record<string, Resource> };
    };
  };
};
type Resource = { Type: string; Properties?: Record<string, unknown>; DependsOn?: string | string[] };

/**
 * osls does not bundle. Given each function's finished zip as `package.artifact`, it takes that and looks for no files of its
 * own, so serverless.yml names the source file and needs no packaging rules.
 */
export default class DarkroomPackaging {
  readonly hooks: Record<string, () => Promise<void> | void>;

  constructor(serverless: Serverless) {
    splitOrigins(serverless.service.provider.httpApi);
    this.hooks = {
      "before:package:createDeploymentArtifacts": () => bundleInto(serverless),
      // The roles are made in this same hook by the plugin that serverless.yml lists before this one.
      "before:package:finalize": () => {
        const resources = serverless.service.provider.compiledCloudFormationTemplate.Resources;
        shareLogGroup(resources);
        grantTracing(resources);
        dropSharedRole(resources);
      },
    };
  }
}

/** osls takes a list where an environment variable is one text, and no empty list. */
function splitOrigins(httpApi: Serverless["service"]["provider"]["httpApi"]): void {
  if (!httpApi?.cors) return;
  httpApi.cors.allowedOrigins = corsOrigins(httpApi.cors.allowedOrigins);
  if (httpApi.cors.allowedOrigins.length === 0) delete httpApi.cors;
}

async function bundleInto({ serviceDir, service }: Serverless): Promise<void> {
  const outFolder = join(serviceDir, ".build", "aws");
  await rm(outFolder, { recursive: true, force: true });
  const sources = Object.entries(service.functions).map(([name, { handler }]) => ({ name, handler }));
  for (const bundle of await bundleFunctions(sources, { serviceFolder: serviceDir, outFolder })) {
    const artifact = join(outFolder, `${bundle.name}.zip`);
    await zipBundle(bundle, artifact);
    const definition = service.functions[bundle.name];
    if (definition) definition.package = { ...definition.package, artifact };
  }
}

/** osls makes a log group for each function, and the roles are for those; all write to the one of infra/aws/log.yml. */
function shareLogGroup(resources: Record<string, Resource>): void {
  const own = ([name, { Type }]: [string, Resource]) => Type === "AWS::Logs::LogGroup" && name !== "LogGroup";
  const dropped = new Set(
    Object.entries(resources)
      .filter(own)
      .map(([name]) => name),
  );
  for (const name of dropped) delete resources[name];
  for (const [name, resource] of Object.entries(resources)) {
    if (resource.Type !== "AWS::Lambda::Function") continue;
    resource.DependsOn = [resource.DependsOn ?? []].flat().filter((other) => !dropped.has(other));
    const { Role } = resource.Properties as FunctionProperties;
    const statements = roleOf(resources, name, Role).Policies[0].PolicyDocument.Statement;
    const logs = statements.find(({ Action }) => [Action].flat().includes("logs:CreateLogGroup"));
    if (!logs) throw new Error(`the role of ${name} has no rights to its log, which could be mended`);
    logs.Action = ["logs:CreateLogStream", "logs:PutLogEvents"];
    logs.Resource = { "Fn::GetAtt": ["LogGroup", "Arn"] };
  }
}

function roleOf(resources: Record<string, Resource>, name: string, role: FunctionProperties["Role"]): RoleProperties {
  const properties = resources[role["Fn::GetAtt"][0]]?.Properties as RoleProperties | undefined;
  if (!properties) throw new Error(`${name} has no role of its own to put rights into`);
  return properties;
}

/** serverless-iam-roles-per-function 3.2.0 writes no X-Ray rights into the roles it makes. */
function grantTracing(resources: Record<string, Resource>): void {
  for (const [name, { Type, Properties }] of Object.entries(resources)) {
    if (Type !== "AWS::Lambda::Function") continue;
    const { TracingConfig, Role } = Properties as FunctionProperties;
    if (TracingConfig?.Mode !== "Active") continue;
    roleOf(resources, name, Role).Policies[0].PolicyDocument.Statement.push({
      Effect: "Allow",
      Action: ["xray:PutTraceSegments", "xray:PutTelemetryRecords"],
      Resource: "*",
    });
  }
}

type FunctionProperties = { TracingConfig?: { Mode: string }; Role: { "Fn::GetAtt": [string, string] } };
type Statement = { Effect: string; Action: string | string[]; Resource: unknown };
type RoleProperties = { Policies: [{ PolicyDocument: { Statement: Statement[] } }] };

/** ... and leaves osls' shared role behind, which nobody uses and which may read every queue. */
function dropSharedRole(resources: Record<string, Resource>): void {
  const shared = "IamRoleLambdaExecution";
  const { [shared]: _dropped, ...others } = resources;
  if (!JSON.stringify(others).includes(`"${shared}"`)) delete resources[shared];
}
