// What real events of a real cloud hint at, and what is passed over.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { aodhAlarmExample, bridgeEventExample, cloudEvents } from "../../events/cloud-event.ts";
import { hintsOf } from "./hint.ts";

const folder = join(import.meta.dirname, "../../events/samples");
const sample = (name: string) => cloudEvents.parse(JSON.parse(readFileSync(join(folder, `${name}.json`), "utf8")));

const server = "5fe057f9-73d0-4cb7-a50b-d22ef1e4eab3";
const ofServer = { serverId: server, projectId: "9766d342a60e452dbe6cb525af6c56ef", id: expect.any(String) };

const expected: Record<string, unknown[]> = {
  "01-ceilometer-batch-image.activate": [],
  "02-ceilometer-batch-image.update-active": [ofServer],
  "03-ceilometer-single-image.activate-is-still-a-list": [],
  "04-ceilometer-raw_only-image.activate-no-event_type": [],
  "05-ceilometer-batch-compute.instance.power_off.end": [ofServer],
  "06-ceilometer-batch-versioned-instance.snapshot.end": [ofServer],
  "07-bridge-image.create-queued": [],
  "08-bridge-image.upload": [],
  "09-bridge-image.update-status-active": [ofServer],
  "10-bridge-image.update-deactivated": [],
  "11-bridge-image.member.create": [],
  "12-bridge-image.member.update-accepted": [],
  "13-bridge-image.member.delete": [],
  "14-bridge-image.delete": [ofServer],
  "15-bridge-instance.update-stopped": [ofServer],
  "16-bridge-compute.instance.update-stopped": [ofServer],
  "17-bridge-instance.power_off.end": [ofServer],
  "18-bridge-instance.snapshot.start": [],
  "19-bridge-instance.snapshot.end": [ofServer],
  "20-bridge-compute.instance.snapshot.end-no-image-id": [ofServer],
  "21-bridge-instance.create.error": [{ ...ofServer, serverId: "2bec8656-0326-449e-8444-adfef49d2c21" }],
  "22-bridge-instance.delete.end": [ofServer],
  "23-volume-bridge-image.activate-before-snapshot-ready": [],
  "24-volume-bridge-snapshot.create.end": [],
  "25-volume-bridge-volume.attach.end": [],
};

test("every sample is in the table", () => {
  expect(readdirSync(folder).map((file) => file.replace(/\.json$/, ""))).toEqual(Object.keys(expected));
});

test.each(Object.entries(expected))("%s", (name, hints) => {
  expect(hintsOf(sample(name))).toEqual(hints);
});

test("an Aodh alarm hints at what its event does; one about a threshold at nothing", () => {
  expect(hintsOf(aodhAlarmExample)).toEqual([{ ...ofServer, id: aodhAlarmExample.reason_data.event.message_id }]);
  const threshold = { ...aodhAlarmExample, reason_data: { type: "threshold", most_recent: 1 } };
  expect(hintsOf(threshold)).toEqual([]);
});

test("a temporary server or image of ours is told by its name", () => {
  const mark = "0123456789abcdef01234567";
  const payload = { ...bridgeEventExample.payload, display_name: `darkroom-${mark}` };
  expect(hintsOf({ ...bridgeEventExample, payload })).toMatchObject([{ mark, serverId: server }]);
});

test("a server that Nova still works at is not looked at", () => {
  const at = (fields: object) => ({
    ...bridgeEventExample,
    event_type: "instance.update",
    payload: { uuid: server, ...fields },
  });
  const wrapped = { state_update: { "nova_object.data": { new_task_state: "powering-off" } } };
  expect(hintsOf(at({ "nova_object.data": { uuid: server, ...wrapped } }))).toEqual([]);
  expect(hintsOf(at({ new_task_state: "image_uploading" }))).toEqual([]);
  expect(hintsOf(at({ new_task_state: null }))).toHaveLength(1);
  expect(hintsOf(at({ new_task_state: "" }))).toHaveLength(1);
});

test("nonsense among the events is passed over, the rest is read", () => {
  const odd = [null, 1, "x", [], {}, { event_type: 1 }, { ...bridgeEventExample, payload: null }, { traits: "x" }];
  const strange = { ...bridgeEventExample, payload: { uuid: "../../x", tenant_id: {}, display_name: ["darkroom-"] } };
  expect(hintsOf([...odd, strange, bridgeEventExample])).toHaveLength(1);
});
