// What is known of a cloud when an image is judged. Of everything a set of ids: as large as the servers and volumes are many, not the images.

export interface Known {
  /** Every project's servers and volumes were seen; else only those of `projectId`. */
  readonly seesAllProjects: boolean;
  /** Whose images are judged where not all projects are seen. */
  readonly projectId: string;
  /** Images that servers name as what they were booted from. */
  readonly usedByServers: ReadonlySet<string>;
  /** Images that volumes name as what they were made of. */
  readonly usedByVolumes: ReadonlySet<string>;
  /** Servers that are not at rest, by id: the status, and the task where there is one. */
  readonly restless: ReadonlyMap<string, Restless>;
  /** Projects in which a volume, or a server on a volume, is being made of an image that the cloud does not name yet. */
  readonly makingVolumes: ReadonlySet<string>;
  /** Images that a live request made, makes, or is to publish. */
  readonly liveImages: ReadonlySet<string>;
}

export interface Restless {
  readonly status: string;
  readonly taskState: string | null;
}

/** What our own table and Glance say of an image that bears a request's id. */
export interface Lineage {
  /** That request published this very image; the property alone would prove nothing, for Nova copies it onto snapshots. */
  readonly published: boolean;
  /** `latest` of its version line means it, or no later version is proven. */
  readonly latest: boolean;
}
