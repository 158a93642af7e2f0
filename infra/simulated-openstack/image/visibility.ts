// Who sees an image.
import type { ImageRecord } from "./records.ts";

export type Viewer = { projectId: string; isAdmin: boolean };

/** By its id: public and community ones everybody; a member project from the day it was added, accepted or not (measured on Zed). */
export function canSee(image: ImageRecord, { projectId, isAdmin }: Viewer): boolean {
  return (
    isAdmin ||
    image.owner === projectId ||
    image.visibility === "public" ||
    image.visibility === "community" ||
    (image.visibility === "shared" && Object.hasOwn(image.members, projectId))
  );
}

/** In a list without `visibility`: one's own, the public ones, and those shared ones whose membership has the status asked for, usually `accepted`. */
export function inDefaultList(image: ImageRecord, viewer: Viewer, memberStatus: string): boolean {
  if (viewer.isAdmin || image.owner === viewer.projectId || image.visibility === "public") return true;
  return isMember(image, viewer, memberStatus);
}

export function isMember(image: ImageRecord, { projectId }: Viewer, memberStatus: string): boolean {
  const member = image.members[projectId];
  return (
    image.visibility === "shared" && member !== undefined && (memberStatus === "all" || member.status === memberStatus)
  );
}
