// After the table was put back from a backup: what it says and what the cloud has, side by side. It only looks.
import { type Cloud, ifThere, OpenStackFault } from "../openstack/index.ts";
import type { Provider } from "../providers/provider.ts";
import { listAftercare } from "../requests/aftercare.ts";
import type { ImageRequest } from "../requests/image-request.ts";
import { isImage, isServer, type MadeEntry } from "../requests/ledger-entry.ts";
import type { Runtime } from "../runtime.ts";
import { findImages, isUnfinished } from "../workflow/images.ts";
import { findServers } from "../workflow/servers.ts";
import { shelfPage } from "./shelf.ts";
import { deactivatedByUs } from "./stage.ts";
import { openTidyingStore, type Place } from "./store.ts";
import { eyesOf } from "./survey.ts";

export interface Finding {
  /**
   * - `published`: a request that the table has under way has published its image already, or its owner has made it their own: `release` leaves it.
   * - `missing`: the ledger of a live request names what is not there any more.
   * - `delegation`: a live request's trust is gone.
   * - `stage`: an image that the table has on its way out is gone, was shown again, is hidden although the table knows nothing of it, or is in or out of use otherwise than it says.
   * - `unknown`: it bears our name, and no request in the table made it: begun after the backup. No sweep touches it.
   */
  readonly kind: "published" | "missing" | "delegation" | "stage" | "unknown";
  readonly about: string;
  readonly text: string;
}

/** The last moment that a date can tell. */
const endOfTimeMs = 8_640_000_000_000_000;
const ourName = /^darkroom-([0-9a-f]{24})$/;

/** Without a staff credential other projects' things cannot be seen: then only the delegations' own answers are compared. */
export async function* reconcile(
  runtime: Pick<Runtime, "table" | "store">,
  provider: Provider,
  signal: AbortSignal,
): AsyncGenerator<Finding> {
  const bounded = (cloud: Cloud) => cloud.within(signal);
  const eyes = eyesOf(provider, bounded);
  const marks = new Set<string>();
  for await (const request of runtime.store.live()) {
    if (request.provider !== provider.name) continue;
    for (const { mark } of request.ledger) marks.add(mark);
    yield* ofRequest(
      bounded(provider.asRequester(request, runtime.store)),
      eyes.isStaff ? eyes.cloud : undefined,
      request,
    );
  }
  for (const { requestId } of await listAftercare(runtime.table, provider.name, endOfTimeMs, 1000)) {
    const request = await runtime.store.get(requestId);
    for (const { mark } of request?.ledger ?? []) marks.add(mark);
  }
  yield* ofStages(runtime, provider, eyes.cloud);
  if (eyes.isStaff) yield* unknownThings(eyes, marks);
}

async function* ofRequest(cloud: Cloud, staff: Cloud | undefined, request: ImageRequest): AsyncGenerator<Finding> {
  try {
    await cloud.token();
    yield* await ofLedger(cloud, request, false);
  } catch (error) {
    // A token of before may rest beside the request: then it is not the first call that is refused.
    if (!(error instanceof OpenStackFault) || error.kind !== "credentialRevoked") throw error;
    yield { kind: "delegation", about: `request ${request.id}`, text: `step ${request.step}: its delegation is gone` };
    if (staff) yield* await ofLedger(staff, request, true);
  }
}

/** All of it or nothing. */
async function ofLedger(sees: Cloud, request: ImageRequest, allProjects: boolean): Promise<Finding[]> {
  const found: Finding[] = [];
  for (const entry of request.ledger) {
    if (!isImage(entry) && !isServer(entry)) continue;
    if (entry.struckAtMs !== undefined || entry.thingId === undefined) continue;
    const [thing] = isImage(entry)
      ? await findImages(sees, request.projectId, entry)
      : await findServers(sees, request.projectId, entry, { allProjects });
    found.push(...ofEntry(request, entry, thing));
  }
  return found;
}

function* ofEntry(
  request: ImageRequest,
  entry: MadeEntry,
  thing: { id: string; name: string | null } | undefined,
): Generator<Finding> {
  const about = `request ${request.id}`;
  if (!thing) {
    yield { kind: "missing", about, text: `step ${request.step}: ${entry.kind} ${entry.thingId} is not there` };
  } else if (!isUnfinished(thing.name, request.ledger)) {
    const text = `step ${request.step}: ${entry.kind} ${thing.id} is called ${thing.name}: it is left whatever becomes of the request, which will end saying so`;
    yield { kind: "published", about, text };
  }
}

async function* ofStages({ table }: Pick<Runtime, "table">, provider: Provider, cloud: Cloud): AsyncGenerator<Finding> {
  const tidying = openTidyingStore(table);
  for (let after: string | undefined; ; ) {
    const { records, more } = await tidying.listStages(provider.name, 100, after);
    for (const record of records) {
      const about = `image ${record.imageId}`;
      const image = await ifThere(cloud.image.getImage(record.imageId));
      if (!image) yield { kind: "stage", about, text: `${record.stage} by the table, and gone` };
      else if (record.stage === "hidden" && !image.hidden)
        yield { kind: "stage", about, text: "hidden by the table, and shown" };
      else if (record.deactivatedAtMs !== undefined && image.status === "active")
        yield { kind: "stage", about, text: "out of use by the table, and active" };
      else if (!deactivatedByUs(record) && record.hiddenByUs && image.status === "deactivated")
        yield {
          kind: "stage",
          about,
          text: "hidden by the table, and out of use: reactivate it where no operator did that",
        };
      else if (["told", "kept"].includes(record.stage) && image.hidden && !record.hiddenByUs)
        yield {
          kind: "stage",
          about,
          text: `${record.stage} by the table, and hidden${image.status === "deactivated" ? " and out of use" : ""}: by its owner, or by us since the backup; POST /v1/images/${record.imageId}/keep shows it`,
        };
    }
    after = records.at(-1)?.imageId;
    if (!more || after === undefined) return;
  }
}

/** Everything called as only we call things. Names are compared here: Glance cannot look for a pattern. */
async function* unknownThings(eyes: ReturnType<typeof eyesOf>, marks: ReadonlySet<string>): AsyncGenerator<Finding> {
  for await (const server of eyes.cloud.compute.listServers({
    namePattern: "^darkroom-[0-9a-f]{24}$",
    allProjects: true,
  })) {
    if (isUnknown(server.name, marks))
      yield { kind: "unknown", about: `server ${server.id}`, text: `${server.name} of project ${server.projectId}` };
  }
  for (let place: Place | undefined = { part: "shown" }; place; ) {
    const hidden: boolean = place.part === "hidden";
    const { images, last } = await shelfPage(eyes, { projectId: "" }, { hidden, after: place.after });
    for (const image of images) {
      if (isUnknown(image.name ?? "", marks))
        yield { kind: "unknown", about: `image ${image.id}`, text: `${image.name} of project ${image.owner}` };
    }
    const after = images.at(-1)?.id;
    place = !last && after ? { part: place.part, after } : hidden ? undefined : { part: "hidden" };
  }
}

function isUnknown(name: string, marks: ReadonlySet<string>): boolean {
  const [, mark] = ourName.exec(name) ?? [];
  return mark !== undefined && !marks.has(mark);
}
