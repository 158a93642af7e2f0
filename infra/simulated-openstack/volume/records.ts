// What Cinder knows: volumes and their snapshots. Who uses a volume stands on the servers.

export type VolumeStatus = "creating" | "available" | "uploading" | "deleting" | "error";

export type VolumeRecord = {
  id: string;
  name: string | null;
  description: string | null;
  projectId: string;
  userId: string;
  sizeGib: number;
  /** `in-use` is not stored: it is shown where a server has the volume. */
  status: VolumeStatus;
  metadata: Record<string, string>;
  snapshotId: string | null;
  /** Of the image that it was made of: its properties, and under `image_id` which it was; null: of none. */
  imageMetadata: Record<string, string> | null;
  /** What of it is written. */
  usedBytes: number;
  createdAt: number;
  updatedAt: number | null;
  /** Decides between volumes made in the same second. */
  sequence: number;
};

export type VolumeSnapshotRecord = Pick<
  VolumeRecord,
  "id" | "name" | "description" | "projectId" | "userId" | "sizeGib" | "metadata" | "imageMetadata" | "usedBytes"
> & {
  volumeId: string;
  status: "creating" | "available" | "deleting" | "error";
  createdAt: number;
  updatedAt: number | null;
  sequence: number;
};
