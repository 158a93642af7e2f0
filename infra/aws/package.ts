// `npm run package`: one bundle a function and the CloudFormation template, offline, without AWS credentials; then the check.
import { spawn } from "node:child_process";
import { readFile, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { stepNames } from "../../lib/workflow/chain.ts";
import { checkTemplate, type Template } from "./check-template.ts";
import { zipEntryNames } from "./zip.ts";

export type Package = { functions: PackagedFunction[]; resources: number };
export type PackagedFunction = { name: string; bundleBytes: number; zipBytes: number };

/**
 * Package the service in `serviceFolder` with osls and check what came out: the template, and that each function's zip holds
 * its one bundle and its source map and nothing else. `options` are osls' own, as `--stage production`. Throws an Error that lists everything that is wrong, or osls' own words.
 */
export async function packageService(
  serviceFolder: string,
  steps: readonly string[],
  options: readonly string[] = [],
): Promise<Package> {
  await runOsls(serviceFolder, options);
  const state = await readJson<OslsState>(join(serviceFolder, ".serverless", "serverless-state.json"));
  const template = await readJson<Template>(
    join(serviceFolder, ".serverless", "cloudformation-template-update-stack.json"),
  );
  const problems = checkTemplate(template, steps);
  const packaged: PackagedFunction[] = [];
  for (const [name, { handler, package: { artifact } = {} }] of Object.entries(state.service.functions)) {
    const entryName = `${handler.slice(0, handler.lastIndexOf("."))}.mjs`;
    const zipFile = resolve(serviceFolder, artifact ?? join(".build", "aws", `${name}.zip`));
    const names = await zipEntryNames(zipFile);
    if (names.join() !== [entryName, `${entryName}.map`].join())
      problems.push(`${name}: its zip holds ${names.join(", ")}`);
    const bundle = await stat(join(serviceFolder, ".build", "aws", entryName));
    packaged.push({ name, bundleBytes: bundle.size, zipBytes: (await stat(zipFile)).size });
  }
  if (problems.length > 0) throw new Error(`the package is not right:\n  ${problems.join("\n  ")}`);
  return { functions: packaged, resources: Object.keys(template.Resources).length };
}

type OslsState = { service: { functions: Record<string, { handler: string; package?: { artifact?: string } }> } };

/** osls under this very Node, told not to look for credentials, updates or a terminal. */
async function runOsls(serviceFolder: string, options: readonly string[]): Promise<void> {
  const osls = createRequire(import.meta.url).resolve("serverless/bin/serverless.js");
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith("AWS_") || name === "AWS_REGION");
  const env = { ...Object.fromEntries(own), SLS_NOTIFICATIONS_MODE: "off", AWS_EC2_METADATA_DISABLED: "true", CI: "1" };
  const child = spawn(process.execPath, [osls, "package", ...options], {
    cwd: serviceFolder,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const timer = setTimeout(() => child.kill("SIGKILL"), packagingTimeoutMs);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text: Buffer) => (output += text.toString()));
  const code = await new Promise<number | null>((resolve, reject) =>
    child.once("close", resolve).once("error", reject),
  );
  clearTimeout(timer);
  if (code !== 0) throw new Error(`osls package failed (${code ?? "out of time"}):\n${output.trim()}`);
}

const packagingTimeoutMs = 180_000;

async function readJson<Shape>(file: string): Promise<Shape> {
  return JSON.parse(await readFile(file, "utf8")) as Shape;
}

if (import.meta.main) {
  try {
    const { functions, resources } = await packageService(
      dirname(dirname(import.meta.dirname)),
      stepNames,
      process.argv.slice(2),
    );
    const width = Math.max(...functions.map(({ name }) => name.length));
    for (const { name, bundleBytes, zipBytes } of functions) {
      console.log(`${name.padEnd(width)} ${kilobytes(bundleBytes)} bundled ${kilobytes(zipBytes)} zipped`);
    }
    console.log(
      `${functions.length} functions, ${resources} resources of 500; the template is .serverless/cloudformation-template-update-stack.json`,
    );
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(0).padStart(5)} KB`;
}
