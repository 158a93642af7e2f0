// The images that Nova takes of a server for us: how they are marked, found again after a crash, and explained when they are lost.
import { type Cloud, type Image, ifThere, OpenStackFault, type Server } from "../openstack/index.ts";
import type { ImageEntry, LedgerEntry } from "../requests/ledger-entry.ts";
import { type Problem, problem } from "../requests/problem.ts";

/** The property that carries a ledger entry's mark while the image is unfinished. */
export const markProperty = "darkroom_mark";

/** Clocks of clouds and ours differ by less than this; a thing older than its intent by more is not ours. */
export const clockSkewMs = 10 * 60_000;

/** What we make is called so until it is published: images and temporary servers alike. */
export function unfinishedName(mark: string): string {
  return `darkroom-${mark}`;
}

/** One of the names that only what the request has not finished bears; a stray bears that of the entry it strayed from. */
export function isUnfinished(name: string | null, ledger: readonly Pick<LedgerEntry, "mark">[]): boolean {
  return ledger.some(({ mark }) => name === unfinishedName(mark));
}

/** The request's id is there for people, and for who asks whether the image is still being made. */
export function markedProperties(mark: string, requestId: string): Record<string, string> {
  return { [markProperty]: mark, darkroom_request: requestId };
}

/** By the id that Nova told us, else by the mark. Empty: not there (any more). */
export async function findImages(cloud: Cloud, projectId: string, entry: ImageEntry): Promise<Image[]> {
  if (entry.thingId === undefined) return await imagesByMark(cloud, projectId, entry);
  const image = await ifThere(cloud.image.getImage(entry.thingId));
  return !image || image.status === "deleted" || image.status === "pending_delete" ? [] : [image];
}

/**
 * Nova copies a base image's properties onto every later snapshot (nova/compute/utils.py), so the mark alone proves nothing:
 * the server, the time and the name that only we give must agree too. Compared here, whatever the list answers.
 */
async function imagesByMark(cloud: Cloud, projectId: string, entry: ImageEntry): Promise<Image[]> {
  const found: Image[] = [];
  const filter = { owner: projectId, properties: { [markProperty]: entry.mark } };
  for await (const image of cloud.image.listImages(filter)) {
    if (isThatImage(image, projectId, entry)) found.push(image);
  }
  return found;
}

/** Mark, server, name, owner and time all agree. */
function isThatImage(image: Image, projectId: string, entry: ImageEntry): boolean {
  return (
    image.properties[markProperty] === entry.mark &&
    image.properties.instance_uuid === entry.serverId &&
    image.name === unfinishedName(entry.mark) &&
    image.owner === projectId &&
    Date.parse(image.createdAt) >= entry.intentAtMs - clockSkewMs
  );
}

/** Why an image came to nothing, from Nova's own record of the action; Nova deletes the image when a snapshot fails. */
export async function explainLostImage(
  cloud: Cloud,
  server: Server,
  entry: ImageEntry | undefined,
  seen: string,
): Promise<Problem> {
  const openstackRequestId = entry?.openstackRequestId;
  const told = openstackRequestId ? await reasonFromNova(cloud, server.id, openstackRequestId) : undefined;
  return problem(
    "snapshot-lost",
    "The snapshot failed",
    `The snapshot of ${server.name} failed: ${seen}${told ?? ", and Nova does not say why"}.`,
    {
      service: "Nova",
      ...(openstackRequestId && { openstackRequestId }),
      remedy: "Ask again; if it fails again, give this request id to the support of this cloud.",
    },
  );
}

async function reasonFromNova(cloud: Cloud, serverId: string, requestId: string): Promise<string | undefined> {
  try {
    const action = await cloud.compute.getInstanceAction(serverId, requestId);
    const failed = action.events.find((event) => event.result === "Error");
    if (failed) return `; Nova says: ${failed.details ?? `${failed.event} ended with an error`}`;
    if (action.message) return `; Nova says: ${action.message}`;
    // So it ends, too, where Nova finds the image gone when it wants to give it its bytes (measured on Zed).
    const ended = action.events.length > 0 && action.events.every(({ result }) => result === "Success");
    return ended ? "; Nova's record shows no error: somebody deleted the image while it was made" : undefined;
  } catch (error) {
    if (error instanceof OpenStackFault) return undefined; // an explanation is welcome, not needed
    throw error;
  }
}
