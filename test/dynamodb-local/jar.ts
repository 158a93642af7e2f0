// DynamoDB Local's files, taken from the npm package that carries them into a scratch folder. Never a dependency: its licence is AWS's own.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";

const carrier = "amplify-dynamodb-simulator@2.9.30";
const packLimitMs = 300_000;

/** The folder with DynamoDBLocal.jar in it, fetched once. Throws an Error that says what failed. */
export function dynamoDbLocalFolder(scratch: string): string {
  const kept = join(scratch, carrier.replace("@", "-"));
  const folder = join(kept, "package/emulator");
  if (existsSync(kept)) return folder;
  mkdirSync(scratch, { recursive: true });
  const fresh = mkdtempSync(join(scratch, "fetching-"));
  try {
    // The tarball alone: installed, it would bring some two hundred packages that nobody needs. npm checks its hash.
    run("npm", ["pack", carrier, "--silent", "--pack-destination", fresh]);
    const [tarball] = readdirSync(fresh);
    if (!tarball) throw new Error(`npm pack ${carrier} brought nothing`);
    run("tar", ["-xzf", join(fresh, tarball), "-C", fresh]);
    if (!existsSync(join(fresh, "package/emulator/DynamoDBLocal.jar")))
      throw new Error(`${carrier} holds no DynamoDBLocal.jar`);
    rmSync(join(fresh, tarball));
    // Last, so that a run killed before starts over.
    renameSync(fresh, kept);
    return folder;
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

function run(command: string, args: string[]): void {
  const { status, error, stderr } = spawnSync(command, args, { encoding: "utf8", timeout: packLimitMs });
  if (error || status !== 0)
    throw new Error(`${command} ${args[0]} failed (${error?.message ?? status}): ${stderr?.trim()}`);
}
