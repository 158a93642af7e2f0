// The projects that an image is shared with.
import * as z from "zod";
import type { Ask, Calls } from "./calls.ts";
import { OpenStackFault } from "./faults.ts";
import { segment } from "./segment.ts";
import { timestamp } from "./timestamp.ts";

export interface ImageMembers {
  /**
   * Success also when it is one already. The image must be `shared`, else `forbidden`. Glance takes **any** text for a project's id (measured on Zed):
   * check it before. The member may boot the image at once, and sees it in its list when it has accepted.
   */
  addMember(imageId: string, projectId: string): Promise<Member>;
  /** Success also when it is none. */
  removeMember(imageId: string, projectId: string): Promise<void>;
  /** The owner sees all of them, a member itself only. */
  listMembers(imageId: string): Promise<Member[]>;
  /** Only the member itself may answer: the image's owner is `forbidden` (measured on Zed). */
  setMemberStatus(imageId: string, projectId: string, status: MemberStatus): Promise<Member>;
}

export interface Member {
  imageId: string;
  projectId: string;
  status: MemberStatus;
  createdAt: string;
  updatedAt: string;
}

export type MemberStatus = "pending" | "accepted" | "rejected";

export function imageMembersOf(calls: Calls): ImageMembers {
  const members = (imageId: string) => `/images/${segment("image", imageId)}/members`;
  const one = (imageId: string, projectId: string) => `${members(imageId)}/${segment("image", projectId)}`;
  const read = async (ask: Omit<Ask, "service">) => (await calls.read({ service: "image", ...ask }, memberRecord)).body;
  return {
    async addMember(imageId, projectId) {
      try {
        return await read({ method: "POST", path: members(imageId), body: { member: projectId } });
      } catch (fault) {
        if (!(fault instanceof OpenStackFault) || fault.kind !== "conflict") throw fault;
        return await read({ method: "GET", path: one(imageId, projectId) });
      }
    },
    async removeMember(imageId, projectId) {
      const ask: Ask = { service: "image", method: "DELETE", path: one(imageId, projectId) };
      await calls.send(ask).catch((fault: unknown) => {
        if (!(fault instanceof OpenStackFault) || fault.kind !== "notFound") throw fault;
      });
    },
    async listMembers(imageId) {
      const ask: Ask = { service: "image", method: "GET", path: members(imageId) };
      return (await calls.read(ask, z.looseObject({ members: z.array(memberRecord) }))).body.members;
    },
    setMemberStatus: async (imageId, projectId, status) =>
      read({ method: "PUT", path: one(imageId, projectId), body: { status } }),
  };
}

const memberRecord = z
  .looseObject({
    image_id: z.string(),
    member_id: z.string(),
    status: z.enum(["pending", "accepted", "rejected"]),
    created_at: timestamp,
    updated_at: timestamp,
  })
  .transform(
    (json): Member => ({
      imageId: json.image_id,
      projectId: json.member_id,
      status: json.status,
      createdAt: json.created_at,
      updatedAt: json.updated_at,
    }),
  );
