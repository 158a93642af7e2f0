// Files that a function reads as it loads, inside a bundle, which has no files beside it: what was read stands in it.
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Plugin } from "esbuild";

/** Each module with the one constant that it exports. */
const modules = { "lib/guest/script-text.ts": "scriptText", "lib/reference/files-text.ts": "filesText" };

/** Evaluates these modules now and bundles what they export, instead of the code that reads the files. */
export function evaluatedModules(serviceFolder: string): Plugin {
  return {
    name: "evaluated-modules",
    setup({ onLoad }) {
      for (const [module, name] of Object.entries(modules)) {
        const path = module.replaceAll("/", "[\\\\/]").replaceAll(".", "\\.");
        onLoad({ filter: new RegExp(`[\\\\/]${path}$`) }, async () => {
          const exported = await import(pathToFileURL(join(serviceFolder, module)).href);
          return { contents: `export const ${name} = ${JSON.stringify(exported[name])};`, loader: "js" };
        });
      }
    },
  };
}
