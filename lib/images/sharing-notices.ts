// What projects are told about sharing: that an image is shared with them, what another project answered, what staff decided.
import { createHash } from "node:crypto";
import { publishNotice } from "../notify/publish-notice.ts";
import type { Image } from "../openstack/index.ts";
import type { Runtime } from "../runtime.ts";
import type { MemberView } from "./members.ts";
import type { Publicity } from "./publicity.ts";

type Telling = Pick<Runtime, "notices" | "queue" | "clock">;
type Shared = Pick<Image, "id" | "name" | "owner">;

/** To the project that it is shared with. Shared again it is the same notice, unless it was taken away in between. */
export async function tellShared(runtime: Telling, provider: string, image: Shared, member: MemberView): Promise<void> {
  const { project, addedAt } = member;
  await publishNotice(runtime, {
    id: `shared:${image.id}:${short(project.id)}:${Date.parse(addedAt)}`,
    kind: "image.shared",
    provider,
    projectId: project.id,
    facts: { imageId: image.id, owner: image.owner ?? "" },
    words: { imageName: image.name ?? image.id },
  });
}

/** To the image's owner. `at`: when Glance took the answer. */
export async function tellAnswered(
  runtime: Telling,
  provider: string,
  image: Shared,
  answer: { readonly memberId: string; readonly status: "accepted" | "rejected"; readonly at: string },
): Promise<void> {
  if (image.owner === null) return;
  const { memberId, status, at } = answer;
  await publishNotice(runtime, {
    id: `answered:${image.id}:${short(memberId)}:${status}:${Date.parse(at)}`,
    kind: `image.share-${status}`,
    provider,
    projectId: image.owner,
    facts: { imageId: image.id, memberId, status },
    words: { imageName: image.name ?? image.id },
  });
}

/** To the project that asked. */
export async function tellDecided(runtime: Telling, question: Publicity): Promise<void> {
  const { provider, imageId, imageName, projectId, askedAt, decision, contactAddress, requester } = question;
  if (!decision) throw new Error(`nobody has decided about image ${imageId}`);
  await publishNotice(runtime, {
    id: `publicity:${provider}:${imageId}:${Date.parse(askedAt)}`,
    kind: "image.publication-decided",
    provider,
    projectId,
    at: decision.at,
    ...(contactAddress !== undefined && { recipient: { address: contactAddress, name: requester.userName } }),
    facts: { imageId, decision: decision.decision === "approve" ? "approved" : "denied" },
    words: { imageName, reason: decision.reason },
  });
}

/** A project's id may be any text where nobody checked it; a notice's may not. */
function short(projectId: string): string {
  return createHash("sha256").update(projectId).digest("base64url").slice(0, 22);
}
