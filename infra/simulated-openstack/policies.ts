// What a cloud's operator may have set differently from Zed's defaults.

export type Policies = {
  /** Glance, `publicize_image`: who may make an image public. */
  publicizeImage: "admin" | "owner";
  /** Glance, `communitize_image`. */
  communitizeImage: "admin" | "owner";
  /** Nova, `os_compute_api:servers:create_image:allow_volume_backed`. */
  createVolumeBackedImage: boolean;
  /** Glance, property-protections.conf: properties that only administrators make, change and remove; a star at the end stands for anything. None by default. */
  protectedProperties: string[];
  /** Nova, `reclaim_instance_interval`: for so long a deleted server can be restored; 0: never. */
  reclaimInstanceIntervalMs: number;
  /** Glance, `delayed_delete`: images are `pending_delete` first, which one that is deactivated cannot become. */
  delayedDelete: boolean;
};

export const zedPolicies = (): Policies => ({
  publicizeImage: "admin",
  communitizeImage: "owner",
  createVolumeBackedImage: true,
  protectedProperties: [],
  reclaimInstanceIntervalMs: 0,
  delayedDelete: false,
});

export const isProtected = ({ protectedProperties }: Policies, name: string): boolean =>
  protectedProperties.some((one) => (one.endsWith("*") ? name.startsWith(one.slice(0, -1)) : name === one));
