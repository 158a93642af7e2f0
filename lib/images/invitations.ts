// The other side of sharing: images that other projects share with the caller's, and the answer to them.
import { notFound } from "../http/http-problem.ts";
import { type Cloud, type Image, type MemberStatus, OpenStackFault } from "../openstack/index.ts";

/** So many are answered at most; who has more answers some of them first. */
export const maxInvitations = 500;

export interface Invitation {
  readonly image: {
    readonly id: string;
    readonly name: string | null;
    readonly description: string;
    readonly owner: string | null;
    readonly createdAt: string;
    readonly sizeBytes: number | null;
  };
  readonly status: MemberStatus;
}

export async function invitationsOf(
  cloud: Cloud,
  projectId: string,
  status: MemberStatus,
): Promise<{ invitations: Invitation[]; more: boolean }> {
  const invitations: Invitation[] = [];
  // Glance lists the project's own shared images among them.
  for await (const image of cloud.image.listImages({ visibility: "shared", memberStatus: status })) {
    if (image.owner === projectId) continue;
    if (invitations.length === maxInvitations) return { invitations, more: true };
    invitations.push(invitation(image, status));
  }
  return { invitations, more: false };
}

/** What was rejected may be accepted later, and the other way round. Throws 404 where the image is not shared with the project. */
export async function answerInvitation(
  cloud: Cloud,
  projectId: string,
  imageId: string,
  status: Exclude<MemberStatus, "pending">,
): Promise<{ invitation: Invitation; updatedAt: string }> {
  try {
    const image = await cloud.image.getImage(imageId);
    if (image.visibility !== "shared" || image.owner === projectId) throw notFound("invitation");
    const member = await cloud.image.setMemberStatus(imageId, projectId, status);
    return { invitation: invitation(image, member.status), updatedAt: member.updatedAt };
  } catch (error) {
    if (error instanceof OpenStackFault && error.kind === "notFound") throw notFound("invitation");
    throw error;
  }
}

function invitation({ id, name, owner, properties, createdAt, sizeBytes }: Image, status: MemberStatus): Invitation {
  const description = properties.description ?? "";
  return { image: { id, name, description, owner, createdAt, sizeBytes }, status };
}
