// How a disturbed request ended, in few words, and everything that is not as promised.
import type { CloudState } from "../../infra/simulated-openstack/index.ts";
import type { ImageRequest } from "../../lib/requests/image-request.ts";
import { nameLock, serverLock } from "../../lib/requests/locks.ts";
import type { Course } from "./play.ts";
import type { Stage } from "./stage.ts";

/** What may differ from the cloud as it was found because a person, not Darkroom, made it so. */
export interface Meddled {
  /** The server is as its owner left it: gone, or in whatever state. */
  readonly server?: boolean;
  /** Things that people made themselves while Darkroom was at it. */
  readonly images?: readonly string[];
  /** Our image is the owner's to delete or change. */
  readonly ourImage?: boolean;
  /** The image may bear this name in place of the one asked for. */
  readonly imageName?: string;
  readonly trust?: boolean;
  /** Glance says for ever that our image is not there. */
  readonly imageUnseen?: boolean;
}

/** Bounds that no request comes near, whatever goes wrong: reached, something goes round for ever. */
const maxLooks = 400;
const maxCalls = 900;

/** `completed`, or `failed nova-refused`, with what is said to be left. */
export function ending({ request }: Course): string {
  const { end } = request;
  if (!end) return "no end";
  const left = (end.leftovers ?? []).map(withoutId);
  const leaving = left.length ? `(left: ${left.join(", ")})` : "";
  if (end.status === "completed") return [end.status, leaving].filter(Boolean).join(" ");
  const kind = end.problem.type.replace(/^urn:darkroom:problem:/, "");
  return [end.status, kind === end.status ? "" : kind, leaving].filter(Boolean).join(" ");
}

/** Empty where every promise was kept. */
export async function wrongs(stage: Stage, course: Course, meddled: Meddled = {}): Promise<string[]> {
  const { request } = course;
  const { state } = stage.bench.cloud;
  return [
    ...boundsOf(course),
    ...(await itemWrongs(stage, request)),
    ...wordsWrongs(request),
    ...imageWrongs(stage.fresh, state, request, meddled),
    ...serverWrongs(stage.fresh, state, request, meddled),
    ...trustWrongs(stage.fresh, state, meddled),
  ];
}

function boundsOf({ request, looks, calls, sentLate }: Course): string[] {
  const wrong: string[] = [];
  if (!request.endedAt) wrong.push("it has not ended");
  if (looks > maxLooks) wrong.push(`${looks} looks`);
  if (calls > maxCalls) wrong.push(`${calls} calls`);
  if (sentLate > 0) wrong.push(`${sentLate} messages were sent after the end`);
  return wrong;
}

async function itemWrongs({ bench }: Stage, request: ImageRequest): Promise<string[]> {
  const wrong: string[] = [];
  const { locks } = bench.runtime;
  const server = await locks.holder(serverLock(request.provider, request.server.id));
  const name = await locks.holder(nameLock(request.provider, request.projectId, request.asked.name));
  if (server) wrong.push("the server's lock in the table is left");
  if (name) wrong.push("the name's lock in the table is left");
  if (request.sealedToken) wrong.push("the trust's token is left");
  if (request.wakeAtMs) wrong.push("the waker still looks at it");
  if (request.claim) wrong.push("a claim is left");
  return wrong;
}

function wordsWrongs({ end }: ImageRequest): string[] {
  if (!end || end.status === "completed") return [];
  const { title, detail, type } = end.problem;
  const said = [title, detail, end.problem.remedy ?? ""].join(" ");
  const wrong: string[] = [];
  if (!/^urn:darkroom:problem:[a-z-]+$/.test(type)) wrong.push(`the problem's type is ${type}`);
  if (title.length < 5 || detail.length < 15) wrong.push(`hardly a word: ${said}`);
  if (/undefined|\[object|NaN|\bnull\b/.test(said)) wrong.push(`words of ours, not of people: ${said}`);
  return wrong;
}

function imageWrongs(
  fresh: CloudState,
  state: CloudState,
  request: ImageRequest,
  { images = [], ourImage, imageName, imageUnseen }: Meddled,
): string[] {
  const { end } = request;
  const wrong: string[] = [];
  const made = Object.values(state.images).filter(({ id }) => !(id in fresh.images) && !images.includes(id));
  const published = end?.status === "completed" ? request.learned.publish?.imageId : undefined;
  for (const { id, name } of imageUnseen ? [] : made) {
    if (id === published || isNamed(request, "image", id) || (name && isNamed(request, "image", name))) continue;
    wrong.push(`image ${name} is left, unsaid`);
  }
  for (const { id, name } of Object.values(fresh.images))
    if (!(id in state.images)) wrong.push(`image ${name} is gone, which is not ours`);
  const asked = Object.values(state.servers).flatMap(({ id, actions }) =>
    actions.filter(
      ({ action, userId }) => action === "createImage" && userId !== undefined && id === request.server.id,
    ),
  ).length;
  if (asked - images.length > 1) wrong.push(`${asked} snapshots were taken of the server`);
  if (end?.status !== "completed" || ourImage) return wrong;
  const image = made.find(({ id }) => id === published);
  if (!image) return [...wrong, "completed without an image"];
  if (
    image.status !== "active" ||
    ![request.asked.name, imageName].includes(image.name ?? "") ||
    image.visibility !== request.asked.visibility
  )
    wrong.push(`the image is ${image.status}, ${image.name}, ${image.visibility}`);
  for (const name of ["darkroom_mark", "instance_uuid", "image_type", "locked_reason"])
    if (image.properties[name] !== undefined) wrong.push(`the image still has ${name}`);
  if (image.properties.darkroom_request !== request.id) wrong.push("the image does not say whose it is");
  return wrong;
}

function serverWrongs(fresh: CloudState, state: CloudState, request: ImageRequest, meddled: Meddled): string[] {
  const wrong: string[] = [];
  for (const { id, name, vmState } of Object.values(state.servers)) {
    if (
      vmState !== "deleted" &&
      !(id in fresh.servers) &&
      !isNamed(request, "server", id) &&
      !isNamed(request, "server", name)
    )
      wrong.push(`server ${name} is left, unsaid`);
  }
  for (const found of Object.values(fresh.servers)) {
    if (meddled.server && found.id === request.server.id) continue;
    const now = state.servers[found.id];
    if (!now || now.deletedAt !== found.deletedAt) {
      wrong.push(`server ${found.name} is gone`);
      continue;
    }
    const ours = found.id === request.server.id;
    if (now.vmState !== found.vmState && !(ours && leftoversOf(request).includes("the server is stopped")))
      wrong.push(`server ${found.name} was ${found.vmState}, is ${now.vmState} ${now.taskState ?? ""}`);
    if (now.lockedBy !== found.lockedBy && !(ours && leftoversOf(request).includes("the server's lock")))
      wrong.push(`server ${found.name} was locked by ${found.lockedBy}, is by ${now.lockedBy}`);
  }
  return wrong;
}

function trustWrongs(fresh: CloudState, state: CloudState, { trust }: Meddled): string[] {
  if (trust) return [];
  // Even one that release could not delete: the sweep did.
  return Object.keys(state.trusts)
    .filter((id) => !(id in fresh.trusts))
    .map((id) => `trust ${id} is left`);
}

function isNamed(request: ImageRequest, what: string, which: string): boolean {
  return leftoversOf(request).some((left) => left === `${what} ${which}`);
}

function leftoversOf({ end }: ImageRequest): readonly string[] {
  return end?.leftovers ?? [];
}

function withoutId(left: string): string {
  return left.replace(/ (darkroom-)?[0-9a-f-]{24,36}$/, "").replace(/^the server('s| is) /, "");
}
