// `npm run routes`: writes client/routes.ts from the operations, after one was added.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { operations } from "../events/operations/index.ts";

const lines = Object.entries(operations).map(([name, { method, path }]) => `  ${name}: ["${method}", "${path}"],`);

writeFileSync(
  join(import.meta.dirname, "routes.ts"),
  `// Where each operation is called: the only thing of the operations that a client needs when it runs. Written by \`npm run routes\`.
import type { operations } from "../events/operations/index.ts";

type Operations = typeof operations;

export const routes = {
${lines.join("\n")}
} as const satisfies { readonly [Name in keyof Operations]: readonly [string, Operations[Name]["path"]] };
`,
);
