// From an AMQP message to the event that Darkroom's hook takes: unwrapped, and no more of it than the hook reads.
import { hintOf } from "../../lib/hooks/hint.ts";

type Fields = Record<string, unknown>;

/** What is read of a server's or an image's notification; names, addresses, key pairs and metadata of people stay in the cloud. */
const serverFields = ["uuid", "instance_id", "tenant_id", "display_name", "state", "task_state", "new_task_state"];
const imageFields = ["id", "owner", "name", "status"];

/**
 * Undefined for what is no notification, and for what proves nothing that Darkroom waits for. `content`: JSON, as oslo.messaging writes it:
 * the message itself, or `{"oslo.message": "<the message as JSON>"}`.
 */
export function eventOf(content: Buffer): Fields | undefined {
  const message = unwrapped(content);
  if (!message || !isFields(message.payload)) return undefined;
  const { event_type, message_id, timestamp, _context_project_id: project_id, payload } = message;
  const whole = { event_type, message_id, timestamp, ...(typeof project_id === "string" && { project_id }), payload };
  if (!hintOf(whole)) return undefined;
  const fields = isFields(payload["nova_object.data"]) ? payload["nova_object.data"] : payload;
  return { ...whole, payload: String(event_type).startsWith("image.") ? ofImage(fields) : pick(fields, serverFields) };
}

function unwrapped(content: Buffer): Fields | undefined {
  try {
    const outer: unknown = JSON.parse(content.toString("utf8"));
    if (!isFields(outer)) return undefined;
    const inner = outer["oslo.message"];
    const message: unknown = typeof inner === "string" ? JSON.parse(inner) : outer;
    return isFields(message) ? message : undefined;
  } catch {
    return undefined;
  }
}

function ofImage(fields: Fields): Fields {
  const properties = isFields(fields.properties) ? pick(fields.properties, ["instance_uuid"]) : {};
  return { ...pick(fields, imageFields), properties };
}

function pick(fields: Fields, names: readonly string[]): Fields {
  return Object.fromEntries(names.filter((name) => fields[name] !== undefined).map((name) => [name, fields[name]]));
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
