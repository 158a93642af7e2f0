// An operator's commands on a data folder with which no Darkroom runs: what is said there stands before anything is at work.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openTidyingStore } from "../../lib/tidying/store.ts";
import { DataFolderInUse, holdDataFolder } from "../local/data-folder.ts";
import { startEmulators } from "../local/emulators.ts";
import { readServerlessFile } from "../local/serverless-file.ts";
import { openAtHand } from "./runtime-at-hand.ts";

const folder = mkdtempSync(join(tmpdir(), "darkroom-ops-"));
const before = { ...process.env };
afterAll(() => {
  process.env = before;
  rmSync(folder, { recursive: true });
});

const clouds = `clouds:
  darkroom: { auth: { auth_url: "http://127.0.0.1:9", username: u, password: p, project_name: x, user_domain_name: D, project_domain_name: D } }
`;

test("held on a folder that nobody runs with; no Darkroom can start meanwhile, and none finds it without the hold", async () => {
  writeFileSync(join(folder, "clouds.yaml"), clouds);
  await expect(openAtHand({ DARKROOM_DATA: folder })).rejects.toThrow("is no data folder of Darkroom");
  const service = await readServerlessFile(join(import.meta.dirname, "../.."), "local");
  await (await startEmulators(folder, service)).close();

  const held = { sinceMs: 5, why: "put back" };
  const first = await openAtHand({ DARKROOM_DATA: folder });
  const [provider] = first.runtime.providers.all;
  await openTidyingStore(first.runtime.table).hold(provider?.name ?? "", held);
  expect(() => holdDataFolder(folder)).toThrow(DataFolderInUse);
  await first.close();

  const running = holdDataFolder(folder);
  const emulators = await startEmulators(folder, service);
  running.note({ url: "http://127.0.0.1:9", endpoints: emulators.endpoints });
  const second = await openAtHand({ DARKROOM_DATA: folder });
  expect(await openTidyingStore(second.runtime.table).state(provider?.name ?? "")).toMatchObject({ held });
  await second.close();
  await emulators.close();
  running.release();
});
