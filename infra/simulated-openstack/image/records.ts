// What Glance knows: images, their members, and as much of their bytes as fits.
import type { Core } from "../core.ts";
import type { System } from "../guest/records.ts";

export type Visibility = "public" | "community" | "shared" | "private";
export type ImageStatus = "queued" | "saving" | "active" | "deactivated";

export type ImageRecord = {
  id: string;
  name: string | null;
  owner: string;
  status: ImageStatus;
  visibility: Visibility;
  diskFormat: string | null;
  containerFormat: string | null;
  minDiskGib: number;
  minRamMib: number;
  sizeBytes: number | null;
  virtualSizeBytes: number | null;
  checksum: string | null;
  hashValue: string | null;
  protected: boolean;
  hidden: boolean;
  tags: string[];
  /** In the order in which they were set. */
  properties: Record<string, string>;
  createdAt: number;
  updatedAt: number;
  /** Decides between images made in the same second. */
  sequence: number;
  members: Record<string, { status: "pending" | "accepted" | "rejected"; createdAt: number; updatedAt: number }>;
  /**
   * Whether its bytes were `uploaded`; `generated`: they are imagined, and the hashes are theirs; null: they are imagined and have never been read, the hashes are those of a
   * description.
   */
  content: "uploaded" | "generated" | null;
  /** What a server booted from it is like; null: nothing that runs. */
  disk: { usedBytes: number; obeysAcpi: boolean; system?: System } | null;
};

/** A queued image without bytes; it is not kept until it is put into the state. */
export function newImage(core: Core, look: Partial<ImageRecord> & Pick<ImageRecord, "owner">): ImageRecord {
  const now = core.now();
  return {
    id: core.newUuid(),
    name: null,
    status: "queued",
    visibility: "shared",
    diskFormat: null,
    containerFormat: null,
    minDiskGib: 0,
    minRamMib: 0,
    sizeBytes: null,
    virtualSizeBytes: null,
    checksum: null,
    hashValue: null,
    protected: false,
    hidden: false,
    tags: [],
    properties: {},
    createdAt: now,
    updatedAt: now,
    sequence: core.nextSequence(),
    members: {},
    content: null,
    disk: null,
    ...look,
  };
}
