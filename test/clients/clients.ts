// The simulated cloud, and Debian's OpenStack clients with the clouds.yaml that it writes for them.
import { execFile } from "node:child_process";
import { accessSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { type SimulatedCloud, startSimulatedCloud } from "../../infra/simulated-openstack/index.ts";

export type Person = "alice" | "bob";

export type Clients = AsyncDisposable & {
  cloud: SimulatedCloud;
  /** Where the commands run. */
  folder: string;
  /** What `openstack …` prints. Throws with its complaint where it fails. */
  openstack(person: Person, ...words: string[]): Promise<string>;
  /** The JSON that a script of this folder prints under Debian's Python, where openstacksdk is. */
  python(script: string, ...words: string[]): Promise<unknown>;
};

const commandLine = "/usr/bin/openstack";
const interpreter = "/usr/bin/python3";
const limits = { timeout: 90_000, maxBuffer: 2 ** 24 };
const run = promisify(execFile);

/** Use with `await using`. Its disks are small, so that saving one is quick; what it does takes a twentieth of the usual time. */
export async function startClients(): Promise<Clients> {
  await checkInstalled();
  const folder = mkdtempSync(join(tmpdir(), "darkroom-clients-"));
  const cloud = await startSimulatedCloud({ speed: 20 });
  for (const { guest } of Object.values(cloud.state.servers)) guest.diskBytes = 2 ** 20;
  const cloudsFile = join(folder, "clouds.yaml");
  writeFileSync(cloudsFile, cloud.cloudsYaml());
  // Of the caller's environment nothing that could lead elsewhere: no OS_*, no PYTHON*, no proxy.
  const env = { PATH: "/usr/bin:/bin", HOME: folder, LANG: "C.UTF-8", OS_CLIENT_CONFIG_FILE: cloudsFile };
  const output = async (file: string, words: string[], more: Record<string, string>) =>
    (await run(file, words, { ...limits, cwd: folder, env: { ...env, ...more } })).stdout;
  return {
    cloud,
    folder,
    openstack: (person, ...words) => output(commandLine, words, { OS_CLOUD: person }),
    python: async (script, ...words) =>
      JSON.parse(await output(interpreter, [join(import.meta.dirname, script), ...words], {})),
    async [Symbol.asyncDispose]() {
      await cloud.close();
      rmSync(folder, { recursive: true });
    },
  };
}

/** A test of clients that are not there is not passed over: it fails and says what to install. */
async function checkInstalled(): Promise<void> {
  try {
    accessSync(commandLine);
    await run(interpreter, ["-c", "import openstack"], { ...limits, env: { PATH: "/usr/bin:/bin" } });
  } catch (cause) {
    throw new Error(
      `these tests drive Debian's own clients, which are not here: apt-get install python3-openstackclient python3-openstacksdk`,
      { cause },
    );
  }
}
