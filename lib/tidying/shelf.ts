// The images of a provider, page by page, and what is to be said of each.
import { imagesNamed, latestOf } from "../images/versions.ts";
import { type Image, OpenStackFault } from "../openstack/index.ts";
import type { Provider } from "../providers/provider.ts";
import type { Runtime } from "../runtime.ts";
import { judge, type Verdict } from "./judge.ts";
import type { Known, Lineage } from "./known.ts";
import type { Eyes } from "./survey.ts";

/** Glance gives no more a page. */
export const imagesPerPage = 1000;

export interface ShelfPage {
  readonly images: readonly Image[];
  readonly last: boolean;
}

/**
 * The oldest first, so that what is made meanwhile comes last. Where not every project is seen, only the credential's own images.
 * @throws MarkerGone where the image after which the page begins has been deleted meanwhile.
 */
export async function shelfPage(
  { cloud, isStaff }: Eyes,
  known: Pick<Known, "projectId">,
  { hidden, after, size = imagesPerPage }: { hidden: boolean; after?: string | undefined; size?: number },
): Promise<ShelfPage> {
  const whose = isStaff ? { visibility: "all" as const } : { owner: known.projectId };
  try {
    const page = await cloud.image.imagePage({ ...whose, hidden, oldestFirst: true, pageSize: size }, after);
    return { images: page.images, last: page.next === undefined };
  } catch (error) {
    const gone = error instanceof OpenStackFault && ["notFound", "badRequest"].includes(error.kind);
    if (gone && after !== undefined) throw new MarkerGone(after);
    throw error;
  }
}

export class MarkerGone extends Error {}

/** Asks our table, and Glance for newer versions, only where the answer would change something. */
export async function verdictOf(
  image: Image,
  known: Known,
  eyes: Eyes,
  provider: Pick<Provider, "name" | "policy">,
  { store, clock }: Pick<Runtime, "store" | "clock">,
): Promise<Verdict> {
  const { tidying } = provider.policy;
  const verdict = judge(image, known, undefined, tidying, clock.now());
  const mayBeOurs = image.properties[requestProperty] !== undefined;
  const mayChange = verdict.kind === "candidate" ? verdict.reason === "unused" : verdict.rule === "no-snapshot";
  if (!mayBeOurs || !mayChange) return verdict;
  const lineage = await lineageOf(image, eyes, provider.name, store);
  return judge(image, known, lineage, tidying, clock.now());
}

const requestProperty = "darkroom_request";

async function lineageOf(image: Image, eyes: Eyes, provider: string, store: Runtime["store"]): Promise<Lineage> {
  const published = await isPublished(image, provider, store);
  return { published, latest: published && (await isLatest(image, eyes, provider, store)) };
}

async function isPublished(image: Image, provider: string, store: Runtime["store"]): Promise<boolean> {
  const request = await store.get(image.properties[requestProperty] ?? "");
  return request?.provider === provider && request.learned.publish?.imageId === image.id;
}

/** Whatever `latest` means by its properties, and whatever has no later version that our table knows of: in doubt it is kept. */
async function isLatest(image: Image, { cloud }: Eyes, provider: string, store: Runtime["store"]): Promise<boolean> {
  const { name, owner } = image;
  if (name === null || owner === null) return true;
  const { images, complete } = await imagesNamed(cloud, { name, owner });
  if (!complete || latestOf(images)?.id === image.id) return true;
  for (const other of images) {
    const later = other.createdAt > image.createdAt && other.status === "active" && !other.hidden;
    if (later && (await isPublished(other, provider, store))) return false;
  }
  return true;
}
