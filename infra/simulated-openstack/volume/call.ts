// A call to Cinder that has been let in.
import { isObject, own, parseJson, pythonRepr, pythonStr } from "../bodies.ts";
import type { Core } from "../core.ts";
import type { Answer, Request } from "../http.ts";
import type { Caller } from "../identity/tokens.ts";
import type { Route } from "../routes.ts";
import type { VolumeRecord, VolumeSnapshotRecord } from "./records.ts";
import { invalidField, noSuch, refuse } from "./refusals.ts";

export type VolumeCall = {
  core: Core;
  request: Request;
  parameters: Record<string, string>;
  caller: Caller;
  /** Of the token. */
  projectId: string;
  /** 70 for 3.70. */
  minor: number;
};

export type VolumeRoute = Route<(call: VolumeCall) => Answer>;

/** The object under the one name that the body must have. */
export function bodyOf({ request }: VolumeCall, name: string): Record<string, unknown> {
  const body = parseJson(request.bytes);
  if (!isObject(body)) throw refuse(400, "Malformed request body");
  if (!(name in body)) throw refuse(400, `'${name}' is a required property`);
  const wanted = body[name];
  if (!isObject(wanted)) throw invalidField(name, pythonStr(wanted), `${pythonRepr(wanted)} is not of type 'object'`);
  return wanted;
}

/** 404 where it does not exist or is another project's and the caller no administrator. */
export function volumeOf(call: VolumeCall, id = call.parameters.volumeId ?? ""): VolumeRecord {
  const volume = own(call.core.state.volumes, id);
  if (!volume || !isTheirs(call, volume)) throw noSuch("Volume", id);
  return volume;
}

export function snapshotOf(call: VolumeCall, id = call.parameters.snapshotId ?? ""): VolumeSnapshotRecord {
  const snapshot = own(call.core.state.volumeSnapshots, id);
  if (!snapshot || !isTheirs(call, snapshot)) throw noSuch("Snapshot", id);
  return snapshot;
}

export const isTheirs = ({ caller, projectId }: VolumeCall, one: { projectId: string }): boolean =>
  caller.isAdmin || one.projectId === projectId;
