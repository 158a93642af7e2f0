// The projects that an image is shared with.
import { isObject, own, parseJson } from "../bodies.ts";
import { isoSeconds } from "../clock.ts";
import type { Answer } from "../http.ts";
import { type ImageCall, type ImageRoute, imageOf, isOwner } from "./call.ts";
import type { ImageRecord } from "./records.ts";
import { type ImageRefusal, refuse } from "./refusals.ts";

const path = "/v2/images/{imageId}/members";

export const memberRoutes: ImageRoute[] = [
  ["GET", path, listMembers],
  ["POST", path, addMember],
  ["GET", `${path}/{memberId}`, showMember],
  ["PUT", `${path}/{memberId}`, updateMember],
  ["DELETE", `${path}/{memberId}`, removeMember],
];

/** The owner sees them all, a member itself. Only shared images have members: else 403. */
function listMembers(call: ImageCall): Answer {
  const image = imageOf(call);
  const { id } = image;
  if (image.visibility !== "shared")
    throw refuse(403, `Not allowed to list members for image ${id}: Only shared images have members.`);
  const shown = Object.keys(image.members).filter(
    (memberId) => isOwner(call, image) || memberId === call.viewer.projectId,
  );
  return {
    status: 200,
    json: { members: shown.map((memberId) => memberView(image, memberId)), schema: "/v2/schemas/members" },
  };
}

/** 200, `pending`; any text is taken for a project; the same again is 409 (measured on Zed). */
function addMember(call: ImageCall): Answer {
  const image = imageOf(call);
  if (image.visibility !== "shared" || !isOwner(call, image))
    throw refuse(403, `Not allowed to create members for image ${image.id}.`);
  const body = parseJson(call.request.bytes);
  const memberId = isObject(body) ? body.member : undefined;
  if (typeof memberId !== "string") throw refuse(400, "Member to be added not specified");
  if (memberId === "") throw refuse(400, "Member can't be empty");
  if (own(image.members, memberId)) throw refuse(409, `Member ${memberId} is duplicated for image ${image.id}`);
  const { members: maxMembers } = call.core.state.imageQuota;
  const count = Object.keys(image.members).length + 1;
  if (count > maxMembers) {
    throw refuse(
      413,
      `The limit has been exceeded on the number of allowed image members for this image. Attempted: ${count}, Maximum: ${maxMembers}`,
    );
  }
  const now = call.core.now();
  image.members[memberId] = { status: "pending", createdAt: now, updatedAt: now };
  return { status: 200, json: memberView(image, memberId) };
}

function showMember(call: ImageCall): Answer {
  const { image, memberId } = memberOf(call);
  return { status: 200, json: memberView(image, memberId) };
}

/** By the member itself or an administrator. The owner cannot accept for it: 403 (measured on Zed). */
function updateMember(call: ImageCall): Answer {
  const { image, memberId, member } = memberOf(call);
  const body = parseJson(call.request.bytes);
  const status = isObject(body) ? body.status : undefined;
  if (status !== "pending" && status !== "accepted" && status !== "rejected") {
    throw refuse(400, 'Incorrect request: Status must be "pending", "accepted" or "rejected".');
  }
  if (!call.viewer.isAdmin && memberId !== call.viewer.projectId)
    throw refuse(403, `Not allowed to update members for image ${image.id}.`);
  member.status = status;
  member.updatedAt = call.core.now();
  return { status: 200, json: memberView(image, memberId) };
}

function removeMember(call: ImageCall): Answer {
  const image = imageOf(call);
  if (!isOwner(call, image)) throw refuse(403, `Not allowed to delete members for image ${image.id}.`);
  const { memberId } = memberOf(call);
  delete image.members[memberId];
  return { status: 204 };
}

/** The member named in the path; for a member other members do not exist. */
function memberOf(call: ImageCall): { image: ImageRecord; memberId: string; member: ImageRecord["members"][string] } {
  const image = imageOf(call);
  const { memberId = "" } = call.parameters;
  const member = own(image.members, memberId);
  if (!member || !(isOwner(call, image) || memberId === call.viewer.projectId)) throw noSuchMember(image, memberId);
  return { image, memberId, member };
}

const noSuchMember = (image: ImageRecord, memberId: string): ImageRefusal =>
  refuse(404, `${memberId} not found in the member list of the image ${image.id}.`);

const memberView = (image: ImageRecord, memberId: string) => ({
  member_id: memberId,
  image_id: image.id,
  status: image.members[memberId]?.status,
  created_at: isoSeconds(image.members[memberId]?.createdAt ?? 0),
  updated_at: isoSeconds(image.members[memberId]?.updatedAt ?? 0),
  schema: "/v2/schemas/member",
});
