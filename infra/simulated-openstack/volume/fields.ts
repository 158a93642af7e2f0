// What the fields of a body may hold, as Cinder's schemas say (measured on Zed).
import { isObject, pythonRepr, pythonStr } from "../bodies.ts";
import { invalidField, refuse } from "./refusals.ts";

/** Of a volume; a name that is too long is found after the schema, and said otherwise. */
export function volumeName(name: unknown): string | null {
  const text = textOrNull("name", name);
  if (text !== null && text.length > maxLength)
    throw refuse(400, `Invalid input received: name has ${text.length} characters, more than ${maxLength}.`);
  return text;
}

export function snapshotName(name: unknown): string | null {
  const text = textOrNull("name", name);
  if (text !== null && text.length > maxLength) throw invalidField("name", text, `${pythonRepr(text)} is too long`);
  return text;
}

export function textOrNull(field: string, value: unknown): string | null {
  if (value === undefined || value === null) return null;
  if (typeof value === "string") return value;
  throw invalidField(field, pythonStr(value), `${pythonRepr(value)} is not of type 'string', 'null'`);
}

/** An id that is none is 400, one of nothing that exists is 404. */
export function uuidOf(field: string, value: unknown): string {
  if (typeof value === "string" && uuid.test(value)) return value;
  throw invalidField(field, pythonStr(value), `${pythonRepr(value)} is not valid under any of the given schemas`);
}

export function metadataOf(metadata: unknown): Record<string, string> {
  if (metadata === undefined || metadata === null) return {};
  if (!isObject(metadata))
    throw invalidField("metadata", pythonStr(metadata), `${pythonRepr(metadata)} is not of type 'object', 'null'`);
  const checked: Record<string, string> = {};
  for (const [key, value] of Object.entries(metadata)) {
    if (typeof value !== "string")
      throw invalidField(key, pythonStr(value), `${pythonRepr(value)} is not of type 'string'`);
    if (value.length > maxLength) throw invalidField(key, value, `${pythonRepr(value)} is too long`);
    checked[key] = value;
  }
  return checked;
}

export function yesOrNo(field: string, value: unknown): boolean {
  if (value === undefined) return false;
  if (value === true || (typeof value === "string" && yes.includes(value))) return true;
  if (value === false || (typeof value === "string" && no.includes(value))) return false;
  const choices = pythonRepr([true, ...yes, false, ...no]);
  throw invalidField(field, pythonStr(value), `${pythonRepr(value)} is not one of ${choices}`);
}

const maxLength = 255;
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const yes = ["True", "TRUE", "true", "1", "ON", "On", "on", "YES", "Yes", "yes", "y", "t"];
const no = ["False", "FALSE", "false", "0", "OFF", "Off", "off", "NO", "No", "no", "n", "f"];
