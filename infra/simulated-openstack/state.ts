// Everything that this cloud knows, as one JSON document: what is on disk is what is in memory.
import type { FlavorRecord, ServerRecord, VolumeRecord } from "./compute/records.ts";
import type { ApplicationCredential, Grant, Project, Role, Trust, User } from "./identity/records.ts";
import type { ImageRecord } from "./image/records.ts";
import type { Due } from "./transitions.ts";

export type CloudState = {
  schemaVersion: 1;
  region: string;
  /** Signs tokens, so that they stay valid when the process is started again. */
  signingKey: string;
  /** Rises with everything that is made or due: decides between equal times. */
  sequence: number;
  projects: Record<string, Project>;
  users: Record<string, User>;
  roles: Record<string, Role>;
  grants: Grant[];
  trusts: Record<string, Trust>;
  applicationCredentials: Record<string, ApplicationCredential>;
  /** Audit id of a revoked token -> when the token would have expired. */
  revokedTokens: Record<string, number>;
  flavors: Record<string, FlavorRecord>;
  /** Quota of each project. */
  quota: { instances: number; cores: number; ramMib: number };
  servers: Record<string, ServerRecord>;
  volumes: Record<string, VolumeRecord>;
  images: Record<string, ImageRecord>;
  /** The quota that Glance tells of a project through unified limits; absent: it tells nothing, `{"usage": {}}`. */
  imageLimits: { sizeTotalMib: number; countTotal: number; countUploading: number; stageTotalMib: number } | null;
  /** What is yet to happen. */
  due: Due[];
};

export function emptyState(signingKey: string): CloudState {
  return {
    schemaVersion: 1,
    region: "RegionOne",
    signingKey,
    sequence: 0,
    projects: {},
    users: {},
    roles: {},
    grants: [],
    trusts: {},
    applicationCredentials: {},
    revokedTokens: {},
    flavors: {},
    quota: { instances: 50, cores: 100, ramMib: 204_800 },
    servers: {},
    volumes: {},
    images: {},
    imageLimits: null,
    due: [],
  };
}
