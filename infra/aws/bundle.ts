// How a function becomes one file: the esbuild settings that AWS and the local host share.
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { type BuildOptions, build } from "esbuild";
import { evaluatedModules } from "./evaluated.ts";

/** One function as serverless.yml names it; `handler` is "functions/steps/check.handler". */
export type FunctionSource = { name: string; handler: string };

/** A function's one file, with its source map beside it. `entryName` is its path below `outFolder`, so the handler stays as it is. */
export type Bundle = { name: string; entryName: string; file: string; mapFile: string; sizeBytes: number };

/**
 * Bundle every function into its own ES module below `outFolder`: `functions/steps/check.handler` becomes
 * `functions/steps/check.mjs`, which Lambda finds under the same handler (Node's runtime tries .js, .mjs, .cjs). The AWS SDK is
 * bundled too, so that its version is the one tested. Throws an Error that names the function whose source file is missing,
 * and esbuild's own error for what does not compile. With `sharedChunks` what functions have in common is bundled once, beside
 * them: 20 functions in a sixth of the time, for a host that starts often and ships nothing.
 */
export async function bundleFunctions(
  sources: FunctionSource[],
  folders: { serviceFolder: string; outFolder: string },
  { sharedChunks = false } = {},
): Promise<Bundle[]> {
  const entryPoints = await Promise.all(sources.map((source) => entryPoint(source, folders.serviceFolder)));
  await build({
    ...settings,
    splitting: sharedChunks,
    absWorkingDir: folders.serviceFolder,
    plugins: [evaluatedModules(folders.serviceFolder)],
    entryPoints,
    outdir: folders.outFolder,
  });
  return Promise.all(sources.map((source) => describeBundle(source, folders.outFolder)));
}

const settings = {
  bundle: true,
  platform: "node",
  target: "node22.19",
  format: "esm",
  mainFields: ["module", "main"],
  outExtension: { ".js": ".mjs" },
  minify: true,
  // Errors are told apart by name in logs: minified class names would say "a" and "b".
  keepNames: true,
  sourcemap: "linked",
  sourcesContent: false,
  legalComments: "none",
  logLevel: "silent",
  // CommonJS packages inside an ES module still call require. The import's own name must not clash with a bundled one.
  banner: {
    js: 'import { createRequire as darkroomCreateRequire } from "node:module"; const require = darkroomCreateRequire(import.meta.url);',
  },
} satisfies BuildOptions;

async function entryPoint({ name, handler }: FunctionSource, serviceFolder: string) {
  const out = withoutExport(handler);
  const file = join(serviceFolder, `${out}.ts`);
  const found = await stat(file).catch(() => undefined);
  if (!found?.isFile())
    throw new Error(`function ${name}: handler ${handler} wants the file ${out}.ts, which is not there`);
  return { in: file, out };
}

async function describeBundle({ name, handler }: FunctionSource, outFolder: string): Promise<Bundle> {
  const entryName = `${withoutExport(handler)}.mjs`;
  const file = join(outFolder, entryName);
  return { name, entryName, file, mapFile: `${file}.map`, sizeBytes: (await readFile(file)).byteLength };
}

function withoutExport(handler: string): string {
  return handler.slice(0, handler.lastIndexOf("."));
}
