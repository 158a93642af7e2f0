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
type Resource = { Type: string; Properties?: Record<string, unknown> };

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

/** serverless-iam-roles-per-function 3.2.0 writes no X-Ray rights into the roles it makes. */
function grantTracing(resources: Record<string, Resource>): void {
  for (const [name, { Type, Properties }] of Object.entries(resources)) {
    if (Type !== "AWS::Lambda::Function") continue;
    const { TracingConfig, Role } = Properties as FunctionProperties;
    if (TracingConfig?.Mode !== "Active") continue;
    const role = resources[Role["Fn::GetAtt"][0]]?.Properties as RoleProperties | undefined;
    if (!role) throw new Error(`${name} has no role of its own to put X-Ray's rights into`);
    role.Policies[0].PolicyDocument.Statement.push({
      Effect: "Allow",
      Action: ["xray:PutTraceSegments", "xray:PutTelemetryRecords"],
      Resource: "*",
    });
  }
}

type FunctionProperties = { TracingConfig?: { Mode: string }; Role: { "Fn::GetAtt": [string, string] } };
type RoleProperties = { Policies: [{ PolicyDocument: { Statement: unknown[] } }] };

/** ... and leaves osls' shared role behind, which nobody uses and which may read every queue. */
function dropSharedRole(resources: Record<string, Resource>): void {
  const shared = "IamRoleLambdaExecution";
  const { [shared]: _dropped, ...others } = resources;
  if (!JSON.stringify(others).includes(`"${shared}"`)) delete resources[shared];
}
