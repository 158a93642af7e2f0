// What is carried of a notification: what the hook reads, and nothing of people.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { hintsOf } from "../../lib/hooks/hint.ts";
import { eventOf } from "./notification.ts";

const sample = (name: string) =>
  JSON.parse(readFileSync(join(import.meta.dirname, `../../events/samples/${name}.json`), "utf8"));

/** As oslo.messaging puts it on the wire. */
const wired = ({ project_id, ...event }: Record<string, unknown>) =>
  Buffer.from(
    JSON.stringify({
      "oslo.version": "2.0",
      "oslo.message": JSON.stringify({ ...event, _context_project_id: project_id }),
    }),
  );

test.each([
  "09-bridge-image.update-status-active",
  "15-bridge-instance.update-stopped",
  "16-bridge-compute.instance.update-stopped",
  "19-bridge-instance.snapshot.end",
  "21-bridge-instance.create.error",
])("%s: what is left of it hints at the same", (name) => {
  const event = eventOf(wired(sample(name)));
  expect(hintsOf(event ?? {})).toEqual(hintsOf(sample(name)));
  expect(JSON.stringify(event).length).toBeLessThan(600);
  expect(JSON.stringify(event)).not.toMatch(/user_id|flavor|traceback|metadata|owner_user_name/);
});

test("an older wire, without the envelope, is read too", () => {
  expect(eventOf(Buffer.from(JSON.stringify(sample("15-bridge-instance.update-stopped"))))).toBeDefined();
});

test.each([
  "",
  "[]",
  "null",
  '{"oslo.message":"{"}',
  '{"oslo.message":"[]"}',
  '{"event_type":"x","payload":{}}',
  "\u0000",
])("%j is passed over", (text) => {
  expect(eventOf(Buffer.from(text))).toBeUndefined();
});

test("what proves nothing is not carried", () => {
  expect(eventOf(wired(sample("08-bridge-image.upload")))).toBeUndefined();
  expect(eventOf(wired(sample("18-bridge-instance.snapshot.start")))).toBeUndefined();
});
