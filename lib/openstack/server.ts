// A Nova server, and what Nova's JSON makes of it.
import * as z from "zod";
import { timestamp } from "./timestamp.ts";

export interface Server {
  id: string;
  name: string;
  /** `ACTIVE`, `SHUTOFF`, `ERROR`, … as Nova's API names it. */
  status: string;
  /** What is being done to it: `powering-off`, `image_uploading`, …; null when idle. */
  taskState: string | null;
  /** `active`, `stopped`, `error`, … */
  vmState: string;
  powerState: PowerState;
  locked: boolean;
  /** Null where none was given, or the cloud is older than 2.73. */
  lockedReason: string | null;
  /** Null for a server whose root disk is a volume. */
  imageId: string | null;
  flavor: ServerFlavor;
  /** Ids of volumes, the root volume included. */
  volumesAttached: string[];
  projectId: string;
  userId: string;
  createdAt: string;
  updatedAt: string;
  launchedAt: string | null;
  metadata: Record<string, string>;
  configDrive: boolean;
  keyName?: string | undefined;
  /** Why it is in ERROR. */
  fault?: { code: number; message: string } | undefined;
}

/** The flavor as it was when the server was made; it has no id. */
export interface ServerFlavor {
  name: string;
  diskGib: number;
  ramMib: number;
  vcpus: number;
  /** Undefined where policy hides them. */
  extraSpecs?: Record<string, string> | undefined;
}

export type PowerState = "noState" | "running" | "paused" | "shutdown" | "crashed" | "suspended" | "unknown";

/** From 2.47 on the flavor is embedded, from 2.73 on the lock's reason is shown (nova/api/openstack/rest_api_version_history.rst). */
export const serverVersions = { wants: "2.73", needs: "2.47" };

/** nova/objects/fields.py, InstancePowerState. */
const powerStates: Record<number, PowerState> = {
  0: "noState",
  1: "running",
  3: "paused",
  4: "shutdown",
  6: "crashed",
  7: "suspended",
};

const texts = z.record(z.string(), z.string());

const shape = z.looseObject({
  id: z.string(),
  name: z.string(),
  status: z.string(),
  "OS-EXT-STS:task_state": z.string().nullable(),
  "OS-EXT-STS:vm_state": z.string(),
  "OS-EXT-STS:power_state": z.number().nullish(),
  locked: z.boolean(),
  locked_reason: z.string().nullish(),
  // "" for a server booted from a volume (measured on Zed).
  image: z.union([z.looseObject({ id: z.string() }), z.literal(""), z.null()], "neither an image nor empty"),
  flavor: z.looseObject({
    original_name: z.string(),
    disk: z.number(),
    ram: z.number(),
    vcpus: z.number(),
    extra_specs: texts.optional(),
  }),
  "os-extended-volumes:volumes_attached": z.array(z.looseObject({ id: z.string() })).default([]),
  tenant_id: z.string(),
  user_id: z.string(),
  created: timestamp,
  updated: timestamp,
  "OS-SRV-USG:launched_at": timestamp.nullish(),
  metadata: texts.default({}),
  config_drive: z.string().nullish(),
  key_name: z.string().nullish(),
  fault: z.looseObject({ code: z.number(), message: z.string() }).optional(),
});

/**
 * From 2.69 on Nova shows of a server whose cell does not answer only its id, `UNKNOWN` and a few fields more, instead of failing (nova,
 * doc/source/admin/cells.rst, "Handling cell failures"). Such a server is there, and nothing else is known of it.
 */
export type CellDown = { cellDown: string };

const down = z.looseObject({
  id: z.string(),
  status: z.literal("UNKNOWN"),
  "OS-EXT-STS:vm_state": z.undefined().optional(),
});

export const serverRecord = z.unknown().transform((json, context): Server | CellDown => {
  const unreachable = down.safeParse(json);
  if (unreachable.success) return { cellDown: unreachable.data.id };
  const read = shape.safeParse(json);
  if (read.success) return serverOf(read.data);
  for (const { path, message } of read.error.issues) context.addIssue({ code: "custom", path: [...path], message });
  return z.NEVER;
});

function serverOf(json: z.output<typeof shape>): Server {
  return {
    id: json.id,
    name: json.name,
    status: json.status,
    taskState: json["OS-EXT-STS:task_state"],
    vmState: json["OS-EXT-STS:vm_state"],
    powerState: powerStates[json["OS-EXT-STS:power_state"] ?? -1] ?? "unknown",
    locked: json.locked,
    lockedReason: json.locked_reason ?? null,
    imageId: json.image ? json.image.id : null,
    flavor: {
      name: json.flavor.original_name,
      diskGib: json.flavor.disk,
      ramMib: json.flavor.ram,
      vcpus: json.flavor.vcpus,
      extraSpecs: json.flavor.extra_specs,
    },
    volumesAttached: json["os-extended-volumes:volumes_attached"].map(({ id }) => id),
    projectId: json.tenant_id,
    userId: json.user_id,
    createdAt: json.created,
    updatedAt: json.updated,
    launchedAt: json["OS-SRV-USG:launched_at"] ?? null,
    metadata: json.metadata,
    // "True" or "" (measured on Zed).
    configDrive: json.config_drive?.toLowerCase() === "true",
    keyName: json.key_name ?? undefined,
    fault: json.fault && { code: json.fault.code, message: json.fault.message },
  };
}
