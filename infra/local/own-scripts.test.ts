// What the simulated cloud may run here: our scripts with any job, and nothing that only looks like them.
import { cleanScript, verifyScript } from "../../lib/guest/user-data.ts";
import { isOwnScript } from "./own-scripts.ts";

const paths = {
  nonce: "11111111-2222",
  excludePaths: ["/srv/a 'b'\nc", "END_OF_read_job_of_clean"],
  keepPaths: ["/opt/$(id)"],
};
const clean = cleanScript({ ...paths, keptSystemFiles: ["/etc/hosts"] });

test("our scripts with any job", () => {
  expect(isOwnScript(clean)).toBe(true);
  expect(isOwnScript(verifyScript({ ...paths, emptied: false }))).toBe(true);
});

test.each([
  ["a line more at the end", `${clean}touch /tmp/x\n`],
  ["a line more at the beginning", clean.replace("\n", "\ntouch /tmp/x\n")],
  [
    "a job that ends early",
    clean.replace("nonce 11111111-2222\n", "nonce 1\nEND_OF_read_job_of_clean\ntouch /tmp/x\n"),
  ],
  ["a second job", clean.replace('main "$@"', "cat <<'END_OF_read_job_of_clean'\nx\nEND_OF_read_job_of_clean\n")],
  ["the mark alone", "#!/bin/sh\n# darkroom guest script\ntouch /tmp/x\n"],
  ["nothing", ""],
])("not %s", (_what, script) => {
  expect(script).not.toBe(clean);
  expect(isOwnScript(script)).toBe(false);
});
