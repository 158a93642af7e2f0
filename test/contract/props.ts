// The images, servers and flavors that several facts look at; each is made once a stage.
import { OpenStackFault, type Server } from "../../lib/openstack/index.ts";
import { nova } from "./plain-ask.ts";
import type { Person, Stage } from "./stage.ts";

export const mib = 2 ** 20;

export const notRefused = "it was not refused";

/** What a call that must be refused was refused with, in the client's terms. */
export async function refusalOf(call: Promise<unknown>): Promise<Pick<OpenStackFault, "kind" | "status" | "reason">> {
  try {
    await call;
  } catch (error) {
    if (!(error instanceof OpenStackFault)) throw error;
    const { kind, status, reason } = error;
    return { kind, status, reason };
  }
  throw new Error(notRefused);
}

export async function flavorNamed(stage: Stage, name: string): Promise<string> {
  const flavor = (await stage.owner.cloud.compute.listFlavors()).find((each) => each.name === name);
  if (!flavor) throw new Error(`the cloud has no flavor ${name}`);
  return flavor.id;
}

/** An image record without bytes: `queued`. */
export async function newImage(
  stage: Stage,
  what: string,
  attributes: Record<string, unknown> = {},
  person: Person = stage.owner,
): Promise<string> {
  const body = { name: stage.nameOf(what), disk_format: "raw", container_format: "bare", ...attributes };
  const { status, json, text } = await person.ask("image", "POST", "/images", { body });
  if (status !== 201) throw new Error(`no image: ${status} ${text}`);
  removeImageAtTheEnd(stage, json.id, person);
  return json.id;
}

export function removeImageAtTheEnd(stage: Stage, id: string, { cloud }: Person = stage.owner): void {
  stage.undo(`image ${id}`, () => cloud.image.deleteImage(id));
}

export const upload = ({ ask }: Person, id: string, bytes: Uint8Array) =>
  ask("image", "PUT", `/images/${id}/file`, {
    body: bytes,
    headers: { "content-type": "application/octet-stream" },
  });

/** Active: one MiB of nothing, which boots within seconds and is deaf to ACPI. */
export async function emptyDisk(
  stage: Stage,
  what: string,
  attributes: Record<string, unknown> = {},
  person: Person = stage.owner,
): Promise<string> {
  const id = await newImage(stage, what, attributes, person);
  const { status, text } = await upload(person, id, new Uint8Array(mib));
  if (status !== 204) throw new Error(`not uploaded: ${status} ${text}`);
  return id;
}

/** The image that the servers here are booted from; it bears a property of ours. */
export const baseImage = (stage: Stage) => stage.shared(makeBaseImage);

const makeBaseImage = (stage: Stage) =>
  emptyDisk(stage, "base", { darkroom_request: stage.mark, hw_rng_model: "virtio" });

/** Running, deaf to ACPI. The subjects of server and snapshot share it, one after the other. */
export const mainServer = (stage: Stage) => stage.shared(makeMainServer);

async function makeMainServer(stage: Stage): Promise<string> {
  return bootToActive(stage, "main", { imageId: await baseImage(stage) });
}

export async function bootToActive(stage: Stage, what: string, { imageId }: { imageId: string }): Promise<string> {
  const { id } = await stage.owner.cloud.compute.createServer({
    name: stage.nameOf(what),
    imageId,
    flavorId: await flavorNamed(stage, "m1.nano"),
    networks: "none",
    configDrive: true,
    userData: "#!/bin/sh\n",
    metadata: { contract: what },
  });
  removeServerAtTheEnd(stage, id);
  await serverIn(stage, id, "ACTIVE");
  return id;
}

export function removeServerAtTheEnd(stage: Stage, id: string, person: Person = stage.owner): void {
  stage.undo(`server ${id}`, async () => {
    await stage.admin.ask("compute", "POST", `/servers/${id}/action`, { body: { unlock: null } });
    await person.cloud.compute.deleteServer(id);
    await stage.until(`server ${id} to go`, () => goneOrNot(person.cloud.compute.getServer(id)));
  });
}

/** `true` once the call is answered with `notFound`. */
export async function goneOrNot(call: Promise<unknown>): Promise<true | undefined> {
  try {
    await call;
    return undefined;
  } catch (error) {
    if (error instanceof OpenStackFault && error.kind === "notFound") return true;
    throw error;
  }
}

/** Waits until the server is idle in that status. */
export async function serverIn(stage: Stage, id: string, status: string): Promise<Server> {
  return stage.until(`server ${id} to be ${status}`, async () => {
    const server = await stage.owner.cloud.compute.getServer(id);
    if (server.status === "ERROR" && status !== "ERROR") throw new Error(`in ERROR: ${server.fault?.message}`);
    return server.status === status && server.taskState === null ? server : undefined;
  });
}

export async function imageIn(stage: Stage, id: string, status: string) {
  return stage.until(`image ${id} to be ${status}`, async () => {
    const image = await stage.owner.cloud.image.getImage(id);
    return image.status === status ? image : undefined;
  });
}

/** One of Nova's actions, as it stands on the wire. */
export const act = ({ ask }: Person, serverId: string, action: Record<string, unknown>, version = "2.73") =>
  ask("compute", "POST", `/servers/${serverId}/action`, { body: action, headers: nova(version) });
