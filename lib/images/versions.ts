// Images of one name in one project form a line of versions. Which is the latest, and whether another may join.
import type { Cloud, Image } from "../openstack/index.ts";
import { type Obstacle, obstacle } from "../requests/obstacle.ts";
import { originOf } from "./origin.ts";

/**
 * The one image that `latest` means: of the line's images that are published, `active` and not hidden the one published last; of two published in the same
 * moment the one with the greater id. So while a new version is being made the old one stays the latest, and when the latest is hidden, deactivated or
 * deleted the one before it is. Undefined where none is left.
 * @param images of one name and one owner; others of that name, which Darkroom did not publish, may be among them.
 */
export function latestOf(images: readonly Image[]): Image | undefined {
  return newestFirst(images).find(({ status, hidden }) => status === "active" && !hidden);
}

/** The line's images, the one published last before the others. */
export function newestFirst(images: readonly Image[]): Image[] {
  return images
    .filter((image) => originOf(image) === "published")
    .sort((a, b) => publishedAtMs(b) - publishedAtMs(a) || (a.id < b.id ? 1 : a.id > b.id ? -1 : 0));
}

/** Its owner can write anything there: what is no date counts as never written. */
function publishedAtMs({ createdAt, properties }: Image): number {
  const ms = Date.parse(properties.darkroom_published_at ?? "");
  return Number.isNaN(ms) ? Date.parse(createdAt) : ms;
}

/** Of a line of more images the newest made are read: each may bring some 250 KB of provenance. */
export const maxLineImages = 400;
const pageSize = 25;

/** Every image of the name that the caller may see, the hidden ones too; newest made first. `complete` is false beyond `maxLineImages`. */
export async function imagesNamed(
  cloud: Cloud,
  { name, owner }: { name: string; owner: string },
): Promise<{ images: Image[]; complete: boolean }> {
  const images: Image[] = [];
  // Glance lists either the hidden images or the others.
  for (const hidden of [false, true]) {
    for await (const image of cloud.image.listImages({ owner, name, visibility: "all", hidden, pageSize })) {
      if (images.length >= maxLineImages) return { images, complete: false };
      images.push(image);
    }
  }
  return { images, complete: true };
}

/** What an image is to be called: of a line where it has a version. */
export interface Naming {
  readonly name: string;
  readonly version?: { readonly name: string } | undefined;
}

/**
 * Names of images need not be unique in Glance; to people they must be, but for versions of one image. Of hidden images, which are on their way out, only the
 * versions' names count. One call without a version.
 * @param except the image that is to be renamed.
 */
export async function nameObstacles(
  cloud: Cloud,
  owner: string,
  { name, version }: Naming,
  except?: string,
): Promise<Obstacle[]> {
  if (version) {
    const { images } = await imagesNamed(cloud, { name, owner });
    return namingObstacles(
      images.filter(({ id }) => id !== except),
      { name, version },
    );
  }
  for await (const image of cloud.image.listImages({ owner, name, visibility: "all", pageSize: 2 })) {
    if (image.id !== except) return namingObstacles([image], { name });
  }
  return [];
}

function namingObstacles(images: readonly Image[], { name, version }: Naming): Obstacle[] {
  const [first] = images;
  if (!first) return [];
  const foreign = images.find((image) => originOf(image) !== "published");
  if (foreign) {
    return [
      obstacle("name-taken", `The project has an image named ${name} already (${foreign.id}), made elsewhere.`, {
        field: "name",
        remedy: "Choose another name, or rename or delete that image.",
      }),
    ];
  }
  if (!version) {
    return [
      obstacle("name-taken", `The project has an image named ${name} already (${first.id}).`, {
        field: "name",
        remedy: "Name a version, and it becomes the next version of that image; or choose another name.",
      }),
    ];
  }
  const same = images.find(({ properties }) => sameVersion(properties.darkroom_version, version.name));
  if (!same) return [];
  return [
    obstacle("version-taken", `There is a version ${version.name} of ${name} already (${same.id}).`, {
      field: "version.name",
      remedy: "Choose another name for the version.",
    }),
  ];
}

/** As people read them: in NFC and without regard to case. */
function sameVersion(one: string | undefined, other: string): boolean {
  return one !== undefined && one.normalize("NFC").toLowerCase() === other.normalize("NFC").toLowerCase();
}
