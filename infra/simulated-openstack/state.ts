// Everything that this cloud knows, as one JSON document: what is on disk is what is in memory.
import type { FlavorRecord, ServerRecord } from "./compute/records.ts";
import type {
  ApplicationCredential,
  Federation,
  Grant,
  Project,
  Role,
  SystemGrant,
  Trust,
  User,
} from "./identity/records.ts";
import type { ImageRecord } from "./image/records.ts";
import { type Policies, zedPolicies } from "./policies.ts";
import type { Due } from "./transitions.ts";
import type { VolumeRecord, VolumeSnapshotRecord } from "./volume/records.ts";

export type CloudState = {
  schemaVersion: 2;
  region: string;
  /** Signs tokens, so that they stay valid when the process is started again. */
  signingKey: string;
  /** Rises with everything that is made or due: decides between equal times. */
  sequence: number;
  projects: Record<string, Project>;
  users: Record<string, User>;
  roles: Record<string, Role>;
  grants: Grant[];
  systemGrants: SystemGrant[];
  federation: Federation;
  trusts: Record<string, Trust>;
  applicationCredentials: Record<string, ApplicationCredential>;
  /** Audit id of a revoked token -> when the token would have expired. */
  revokedTokens: Record<string, number>;
  flavors: Record<string, FlavorRecord>;
  /** Nova's quota of each project. */
  quota: { instances: number; cores: number; ramMib: number };
  servers: Record<string, ServerRecord>;
  volumes: Record<string, VolumeRecord>;
  volumeSnapshots: Record<string, VolumeSnapshotRecord>;
  /** Cinder's quota of each project. */
  volumeQuota: { volumes: number; snapshots: number; gibibytes: number };
  images: Record<string, ImageRecord>;
  /** Glance's own limits; `userStorageBytes` 0: none. */
  imageQuota: { sizeCapBytes: number; userStorageBytes: number; properties: number; tags: number; members: number };
  /**
   * Where images lie. `rbd`: a server's disk and Glance's store are both in Ceph. Its snapshots are then `raw`, as large as the disk, made without their bytes being read and so
   * without hashes; and a raw image from which servers were booted cannot be deleted while they exist.
   */
  imageStore: "file" | "rbd";
  policies: Policies;
  /** The quota that Glance tells of a project through unified limits; absent: it tells nothing, `{"usage": {}}`. */
  imageLimits: { sizeTotalMib: number; countTotal: number; countUploading: number; stageTotalMib: number } | null;
  /** What is yet to happen. */
  due: Due[];
};

export function emptyState(signingKey: string): CloudState {
  return {
    schemaVersion: 2,
    region: "RegionOne",
    signingKey,
    sequence: 0,
    projects: {},
    users: {},
    roles: {},
    grants: [],
    systemGrants: [],
    federation: { identityProvider: "campus", protocol: "openid", trustedDashboards: [], signedIn: null },
    trusts: {},
    applicationCredentials: {},
    revokedTokens: {},
    flavors: {},
    quota: { instances: 50, cores: 100, ramMib: 204_800 },
    servers: {},
    volumes: {},
    volumeSnapshots: {},
    volumeQuota: { volumes: 10, snapshots: 10, gibibytes: 1000 },
    images: {},
    imageQuota: { sizeCapBytes: 2 ** 40, userStorageBytes: 0, properties: 128, tags: 128, members: 128 },
    imageStore: "file",
    policies: zedPolicies(),
    imageLimits: null,
    due: [],
  };
}
