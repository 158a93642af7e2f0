// The text of the shell scripts. In a bundle it stands as it was when the bundle was made: infra/aws/bundle.ts evaluates this file.
import { readFileSync } from "node:fs";

const read = (name: string) => readFileSync(new URL(`./scripts/${name}`, import.meta.url), "utf8");

/** Functions only, in no order; whoever composes them adds the call of `main`. */
export const scriptText = {
  shared: [read("frames.sh"), read("ground.sh"), read("identity.sh"), read("removal.sh")].join("\n"),
  clean: [
    "accounts.sh",
    "system-files.sh",
    "traces.sh",
    "post-scripts.sh",
    "secrets.sh",
    "free-space.sh",
    "preallocated.sh",
    "clean.sh",
  ]
    .map(read)
    .join("\n"),
  verify: read("verify.sh"),
  postScriptsHook: read("post-scripts-hook.sh"),
  postScriptsUnit: read("post-scripts-hook.service"),
};
