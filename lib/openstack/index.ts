// The OpenStack client: everything that others may import from this folder.
export type { Allowance } from "./allowance.ts";
export { addressOf, type CatalogEntry } from "./catalog.ts";
export { type Cloud, connect } from "./cloud.ts";
export {
  type CloudConfig,
  CloudConfigError,
  type CloudConfigSource,
  type Credentials,
  type DomainName,
  defaultCloudName,
  type ProjectName,
  readCloudConfig,
  type UserName,
} from "./clouds-file.ts";
export type { Compute, ComputeLimits, ServerWish } from "./compute.ts";
export { openConnections } from "./connections.ts";
export type { Directory, Domain, Project, User } from "./directory.ts";
export { type ConflictReason, type FaultKind, type FaultParts, ifThere, OpenStackFault } from "./faults.ts";
export type { Flavor } from "./flavor.ts";
export type { Identity, Trust, TrustFilter, TrustWish } from "./identity.ts";
export { type ImageService, type ImageUsage, type PatchOperation, propertyPath } from "./image.ts";
export type { ImageFilter, ImagePage } from "./image-list.ts";
export type { ImageMembers, Member, MemberStatus } from "./image-members.ts";
export type { Image, ImageStatus, Visibility } from "./image-record.ts";
export type { InstanceAction, InstanceActionEvent, InstanceActionWithEvents } from "./instance-action.ts";
export {
  type CallReport,
  type Clock,
  type ConnectOptions,
  defaultLimits,
  type Limits,
  type Method,
  type ServiceName,
} from "./options.ts";
export type { CellDown, PowerState, Server, ServerFlavor } from "./server.ts";
export type { ImageBegun, ServerActions } from "./server-actions.ts";
export type { ServerFilter, ServerPage } from "./server-list.ts";
export type { Token } from "./token.ts";
export type { TokenStore } from "./token-store.ts";
export type { Volume, VolumeService } from "./volume.ts";
