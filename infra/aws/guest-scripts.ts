// The shell scripts of lib/guest inside a bundle, which has no files beside it: their text stands in it.
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Plugin } from "esbuild";

/** Evaluates lib/guest/script-text.ts now and bundles what it exports, instead of the code that reads the files. */
export function guestScripts(serviceFolder: string): Plugin {
  return {
    name: "guest-scripts",
    setup({ onLoad }) {
      onLoad({ filter: /[\\/]lib[\\/]guest[\\/]script-text\.ts$/ }, async () => {
        const file = join(serviceFolder, "lib/guest/script-text.ts");
        const { scriptText } = await import(pathToFileURL(file).href);
        return { contents: `export const scriptText = ${JSON.stringify(scriptText)};`, loader: "js" };
      });
    },
  };
}
