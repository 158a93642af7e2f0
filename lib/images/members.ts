// The projects that an image is shared with: who they are, added and removed, by the image's owner.
import { projectOfId } from "../directory/find-project.ts";
import type { NotFoundThere, Resolution } from "../directory/shared-project.ts";
import { conflict, HttpProblem, notFound } from "../http/http-problem.ts";
import { type Cloud, type Image, type Member, OpenStackFault } from "../openstack/index.ts";
import type { Policy } from "../providers/policy.ts";
import { problem } from "../requests/problem.ts";

/** What every answer about sharing says: people think of persons, Glance knows projects only. */
export const wholeProject =
  "Glance shares with a whole project: every member of it can see the image and boot from it at once; it stands in their list once one of them has accepted.";

export interface MemberView {
  readonly project: { readonly id: string; readonly name: string | null };
  readonly status: Member["status"];
  readonly addedAt: string;
  readonly updatedAt: string;
  /** Whether the directory knows the project; false without one: "not checked". */
  readonly checked: boolean;
}

/** Names of members are looked up so many at a time. */
const lookUpsAtOnce = 8;

/** The owner sees all of them, a member itself. Only shared images have members: of others there are none. */
export async function membersOf(cloud: Cloud, directory: Cloud | undefined, image: Image): Promise<MemberView[]> {
  if (image.visibility !== "shared") return [];
  const members = await cloud.image.listMembers(image.id);
  const views: MemberView[] = [];
  for (let at = 0; at < members.length; at += lookUpsAtOnce) {
    const some = members.slice(at, at + lookUpsAtOnce);
    views.push(...(await Promise.all(some.map(async (member) => memberView(member, await known(directory, member))))));
  }
  return views;
}

/** An image that can be shared now, with somebody else than its own project. Throws what stands in the way, in words. */
export function refuseUnshareable(image: Image, policy: Policy): void {
  if (!policy.visibilities.includes("shared")) {
    const detail = `This provider does not allow sharing; it allows ${policy.visibilities.join(", ")}.`;
    throw new HttpProblem(403, problem("not-allowed-here", "Not allowed on this provider", detail));
  }
  if (image.visibility === "shared") return;
  const remedy =
    image.visibility === "private"
      ? `Make it shared first: PATCH /v1/images/${image.id} with {"visibility":"shared"}.`
      : "Everybody can boot it already. To share it with named projects only, make it shared first.";
  throw conflict("not-shared", `The image is ${image.visibility}; only a shared one has members.`, remedy);
}

/** Idempotent. */
export async function addMember(cloud: Cloud, image: Image, found: Resolution): Promise<MemberView> {
  const project = resolved(found);
  if (project.id === image.owner) {
    throw refusedMember({ detail: "The image is this very project's.", remedy: "Name another project." });
  }
  try {
    const member = await cloud.image.addMember(image.id, project.id);
    return memberView(member, project);
  } catch (error) {
    if (!(error instanceof OpenStackFault)) throw error;
    if (error.kind === "notFound") throw notFound("image");
    if (error.kind !== "overQuota") throw error;
    throw new HttpProblem(
      409,
      problem("too-many-members", "The image has as many members as the cloud allows", error.detail, {
        service: "Glance",
        ...(error.requestId && { openstackRequestId: error.requestId }),
        remedy: "Take projects away that need it no longer, or make the image community.",
      }),
    );
  }
}

function resolved(found: Resolution) {
  if ("refused" in found) throw refusedMember(found.refused);
  return found.project;
}

/** Several that may be meant are a conflict that the caller can solve; what is not there is a wrong field. */
function refusedMember({ detail, remedy, choices }: NotFoundThere): HttpProblem {
  if (choices)
    return new HttpProblem(409, problem("which-project", "Which one is meant?", detail, { remedy, choices }));
  const errors = [{ field: "project", detail }];
  return new HttpProblem(422, problem("invalid", "It cannot be shared so", detail, { remedy, errors }));
}

async function known(directory: Cloud | undefined, { projectId }: Member) {
  const found = await projectOfId(directory, projectId);
  return "project" in found ? found.project : { checked: false };
}

function memberView(member: Member, { name, checked }: { name?: string; checked: boolean }): MemberView {
  const { projectId, status, createdAt, updatedAt } = member;
  return { project: { id: projectId, name: name ?? null }, status, addedAt: createdAt, updatedAt, checked };
}
