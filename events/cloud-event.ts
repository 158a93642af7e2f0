// What clouds tell: events as our bridge sends them, as Ceilometer's HTTP publisher does (always a list), and Aodh's alarms about them.
import * as z from "zod";

/** Loose on purpose: what else a cloud tells is not ours to refuse. */
const text = z.string().max(255);

/** An oslo.messaging notification of Nova or Glance, from the event bridge: whole, or only the fields that we read. */
export const bridgeEvent = z.looseObject({
  event_type: text,
  message_id: text,
  project_id: text.nullish(),
  payload: z.record(z.string(), z.unknown()),
});

/** `traits` are what the site's event definitions make of the notification; `raw` is the whole, where the site stores it. */
export const ceilometerEvent = z.looseObject({
  event_type: text,
  message_id: text,
  traits: z.array(z.tuple([z.string(), z.number(), z.unknown()])).max(200),
  raw: z.looseObject({ payload: z.record(z.string(), z.unknown()).optional() }).optional(),
});

/** An event alarm holds the event that raised it; what other kinds of alarm say is of no use to us. */
export const aodhAlarm = z.looseObject({
  alarm_id: text,
  current: text,
  reason_data: z.looseObject({ event: ceilometerEvent.optional() }).optional(),
});

export const maxEvents = 500;

/** One thing, or a list of them. What is none of the three kinds is passed over, not refused: the cloud would only lose the rest. */
export const cloudEvents = z.union([
  z.array(z.unknown()).max(maxEvents, `must have at most ${maxEvents} events`),
  z.record(z.string(), z.unknown()),
]);

export type CloudEvents = z.output<typeof cloudEvents>;

export const bridgeEventExample = {
  event_type: "instance.power_off.end",
  message_id: "0d9a2c3e-6f0e-4b7e-9f57-6f6f1f2a7c11",
  timestamp: "2026-11-23 08:10:15.099715",
  project_id: "9766d342a60e452dbe6cb525af6c56ef",
  payload: {
    uuid: "5fe057f9-73d0-4cb7-a50b-d22ef1e4eab3",
    tenant_id: "9766d342a60e452dbe6cb525af6c56ef",
    display_name: "analysis",
    state: "stopped",
  },
} satisfies z.input<typeof bridgeEvent>;

/** As aodh/notifier/rest.py sends it for an event alarm (aodh/evaluator/event.py). */
export const aodhAlarmExample = {
  alarm_id: "b256ef02-e1b4-4159-95e0-9dafbafcead9",
  alarm_name: "server stopped",
  severity: "low",
  previous: "insufficient data",
  current: "alarm",
  reason: "Event <id=…,event_type=compute.instance.power_off.end> hits the query <query=[]>.",
  reason_data: {
    type: "event",
    event: {
      message_id: "c14c61d8-ae5e-426f-a7f3-aa8431979d96",
      event_type: "compute.instance.power_off.end",
      traits: [
        ["instance_id", 1, "5fe057f9-73d0-4cb7-a50b-d22ef1e4eab3"],
        ["tenant_id", 1, "9766d342a60e452dbe6cb525af6c56ef"],
        ["state", 1, "stopped"],
      ],
    },
  },
} satisfies z.input<typeof aodhAlarm>;
