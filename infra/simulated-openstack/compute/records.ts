// What Nova knows: servers with their actions, and flavors.
import type { Kept } from "../guest/misbehaviours.ts";
import type { Printed, System } from "../guest/records.ts";

export type FlavorRecord = {
  id: string;
  name: string;
  vcpus: number;
  ramMib: number;
  diskGib: number;
  ephemeralGib: number;
  swapMib: number;
  extraSpecs: Record<string, string>;
};

export type VmState =
  | "building"
  | "active"
  | "stopped"
  | "paused"
  | "suspended"
  | "shelved"
  | "shelved_offloaded"
  | "error"
  | "soft-delete"
  | "deleted";

/** libvirt's numbers, as Nova shows them. */
export const power = { none: 0, running: 1, paused: 3, shutdown: 4 } as const;

export type ServerRecord = {
  id: string;
  name: string;
  description: string | null;
  hostname: string;
  projectId: string;
  userId: string;
  /** Null: booted from a volume. */
  imageId: string | null;
  /** Nova keeps the properties of the image that the server was booted from (system_metadata, `image_*`), and who booted it. */
  systemMetadata: Record<string, string>;
  /** As it was when the server was made. */
  flavor: FlavorRecord;
  vmState: VmState;
  taskState: string | null;
  powerState: number;
  lockedBy: "owner" | "admin" | null;
  lockedReason: string | null;
  createdAt: number;
  updatedAt: number;
  launchedAt: number | null;
  deletedAt: number | null;
  metadata: Record<string, string>;
  tags: string[];
  keyName: string | null;
  configDrive: boolean;
  /** Base64, as it was sent. */
  userData: string | null;
  /** Empty: not on any host (not scheduled yet, failed to build, offloaded). */
  hostId: string;
  fault: { code: number; message: string; at: number; details: string } | null;
  attachments: AttachmentRecord[];
  /** The image that is the only disk of a shelved server. */
  shelvedImageId: string | null;
  guest: GuestRecord;
  /** The request id of the operation under way. */
  operation: string | null;
  /** Oldest first. */
  actions: ActionRecord[];
};

/** The machine itself, as far as it is simulated; tests may change it. */
export type GuestRecord = {
  obeysAcpi: boolean;
  /** What of the root disk is written: decides how long a snapshot takes and how large it is. */
  diskBytes: number;
  /** What it has printed since it was last started. */
  console: string;
  /** What it is yet to print, or has printed and nobody looked at. */
  printing?: Printed[];
  /** Since when it has printed garbage. */
  garbageSince?: number;
  /** What is on its disk; absent: nothing that could be laid as a tree. */
  system?: System;
  /** It has never run from this disk. */
  fresh?: true;
  /** Of its disk's tree; absent: its id. */
  diskKey?: string;
  /** Its latest boot. */
  boot?: number;
  /** The script in its user-data has run: cloud-init does so once an instance. */
  ran?: true;
  misbehaviour?: Kept;
  /** Why the next snapshot fails on the hypervisor; null: it does not. */
  snapshotFailure: string | null;
};

export type AttachmentRecord = {
  volumeId: string;
  attachmentId: string;
  bdmUuid: string;
  device: string;
  tag: string | null;
  deleteOnTermination: boolean;
  /** What Cinder shows as the volume's status while the server does not have it yet, or is to give it up; absent: it has it. */
  phase?: "reserved" | "attaching" | "detaching";
};

export type ActionRecord = {
  action: string;
  requestId: string;
  userId: string;
  projectId: string;
  startAt: number;
  updatedAt: number;
  /** `Error` where an event of it failed. */
  message: string | null;
  events: EventRecord[];
};

export type EventRecord = {
  event: string;
  startAt: number;
  finishAt: number | null;
  result: "Success" | "Error" | null;
  /** For administrators only. */
  details: string | null;
};
