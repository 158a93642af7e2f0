// openstacksdk itself resolves the files and variables of every case: what the cases say of it, and so of us, is true.
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { plain } from "../case.ts";
import { cases } from "../cases/index.ts";
import { type Keystone, startKeystone } from "../keystone.ts";
import { clearAway, expected, layOut, type Scene } from "../scene.ts";

const python = "/usr/bin/python3";
const limitMs = 240_000;

type Answer = Record<string, unknown>;

let keystone: Keystone;
let scenes: Scene[] = [];
let answers: Answer[] = [];

beforeAll(async () => {
  await promisify(execFile)(python, ["-c", "import openstack.config"]).catch(() => {
    throw new Error(`${python} has no openstacksdk: \`apt-get install python3-openstacksdk\` brings it`);
  });
  keystone = await startKeystone();
  scenes = cases.map((each, at) => layOut(each, `theirs-${at}`, keystone));
  const asked = scenes.map(({ cwd, env }, at) => ({ cwd, env, cloud: cases[at]?.cloud, region: cases[at]?.region }));
  const printed = await run(JSON.stringify(asked));
  ({ answers } = printed);
  console.log(
    `${cases.length} cases, openstacksdk ${printed.version}; ${cases.filter(differs).length} differ on purpose`,
  );
}, limitMs);

afterAll(async () => {
  for (const scene of scenes) clearAway(scene);
  await keystone?.close();
});

const differs = ({ openstacksdk }: (typeof cases)[number]) => openstacksdk !== undefined;

test.each(cases.map((each, at) => [each.name, each, at] as const))("%s", (_name, each, at) => {
  const [scene, answer] = [scenes[at], answers[at]];
  if (!scene || !answer) throw new Error("no answer");
  const theirs = "refused" in answer ? answer : { login: keystone.loginAt(scene.place), ...answer };
  const says = each.openstacksdk?.resolves ?? each.resolves;
  if ("refused" in says) expect(theirs).toEqual({ refused: expect.any(String) });
  else expect(theirs).toEqual(expected(says, scene));
});

test.each(cases.filter(differs).map((each) => [each.name, each] as const))(
  "that it differs is still true: %s",
  (_name, { resolves, openstacksdk }) => {
    const whole = (of: object | undefined) => (of && "refused" in of ? "refused" : { ...plain, ...of });
    expect(whole(openstacksdk?.resolves)).not.toEqual(whole(resolves));
    expect(openstacksdk?.why.length).toBeGreaterThan(20);
  },
);

async function run(input: string): Promise<{ version: string; answers: Answer[] }> {
  const script = join(import.meta.dirname, "resolve.py");
  const running = promisify(execFile)(python, [script], { timeout: limitMs, maxBuffer: 16 * 1024 * 1024 });
  running.child.stdin?.end(input);
  return JSON.parse((await running).stdout);
}
