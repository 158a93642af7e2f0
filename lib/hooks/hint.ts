// What an event of a cloud hints at: which server or image may have come to rest. A pure reading; what it says is believed of nobody.
import { aodhAlarm, bridgeEvent, type CloudEvents, ceilometerEvent } from "../../events/cloud-event.ts";

export interface Hint {
  /** The cloud's id of the message: the same event may come several times. */
  readonly id: string;
  /** The server that it is about; of an image, the one that it was taken of. */
  readonly serverId?: string;
  /** Set where the server or image bears a name of ours. */
  readonly mark?: string;
  readonly projectId?: string;
}

/** Of everything in a body, what could matter to a waiting step. */
export function hintsOf(body: CloudEvents): Hint[] {
  return (Array.isArray(body) ? body : [body]).flatMap((each) => hintOf(each) ?? []);
}

/** Undefined for what we do not understand, and for what proves nothing that a step waits for. */
export function hintOf(told: unknown): Hint | undefined {
  const alarm = aodhAlarm.safeParse(told);
  if (alarm.success) return hintOf(alarm.data.reason_data?.event);
  const bridged = bridgeEvent.safeParse(told);
  if (bridged.success) return read(bridged.data, innermost(bridged.data.payload), bridged.data.project_id);
  const collected = ceilometerEvent.safeParse(told);
  if (!collected.success) return undefined;
  const { traits, raw } = collected.data;
  const named: Fields = Object.fromEntries(traits.map(([name, , value]) => [name, value]));
  return read(collected.data, raw?.payload ? innermost(raw.payload) : named, named.project_id);
}

type Fields = Record<string, unknown>;

/** Nova's versioned notifications wrap every object; its older ones and Glance's do not. */
function innermost(payload: Fields): Fields {
  const wrapped = payload["nova_object.data"];
  return isFields(wrapped) ? wrapped : payload;
}

/**
 * What proves something (measured on Zed): the end or failure of an action, a server that came to rest, an image that is active or gone.
 * `image.upload` and `image.activate` come before Glance says active; what has begun, or is under way, need not be looked at.
 */
const serverEvent = /^(?:compute\.)?instance\.(?:update|.+\.(?:end|error))$/;

function read(
  { event_type, message_id }: { event_type: string; message_id: string },
  fields: Fields,
  projectId: unknown,
): Hint | undefined {
  if (serverEvent.test(event_type)) {
    if (event_type.endsWith(".update") && underWay(fields)) return undefined;
    return hint(message_id, fields.uuid ?? fields.instance_id, fields.display_name, fields.tenant_id ?? projectId);
  }
  const settled = (event_type === "image.update" && fields.status === "active") || event_type === "image.delete";
  if (!settled) return undefined;
  const properties = isFields(fields.properties) ? fields.properties : fields;
  return hint(message_id, properties.instance_uuid, fields.name, fields.owner ?? projectId);
}

/** Has Nova still a task with the server? */
function underWay(fields: Fields): boolean {
  const update = isFields(fields.state_update) ? innermost(fields.state_update) : fields;
  return typeof (update.new_task_state ?? fields.task_state) === "string" && update.new_task_state !== "";
}

function hint(id: string, serverId: unknown, name: unknown, projectId: unknown): Hint | undefined {
  const mark = typeof name === "string" ? ourName.exec(name)?.[1] : undefined;
  const known: Hint = {
    id,
    ...(isId(serverId) && { serverId: serverId.toLowerCase() }),
    ...(mark && { mark }),
    ...(isProject(projectId) && { projectId }),
  };
  return known.serverId || (known.mark && known.projectId) ? known : undefined;
}

/** `darkroom-MARK`: what we make in a cloud is called so until it is published. */
const ourName = /^darkroom-([0-9a-f]{24})$/;

function isId(value: unknown): value is string {
  return typeof value === "string" && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value);
}

function isProject(value: unknown): value is string {
  return typeof value === "string" && /^[\w-]{1,64}$/.test(value);
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
