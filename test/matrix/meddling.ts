// What people do to a request, its server, its image and its delegation while Darkroom is at it.

import { hashSecret } from "../../infra/simulated-openstack/identity/secrets.ts";
import type { CloudState } from "../../infra/simulated-openstack/index.ts";
import type { EndStatus, ImageRequest } from "../../lib/requests/image-request.ts";
import type { Stage } from "./stage.ts";
import type { Meddled } from "./verdict.ts";

export interface Meddling {
  /** False where there was nothing to meddle with: the request must then go on as if nothing had been. */
  act(at: Scene): boolean | Promise<boolean>;
  /** What may be found changed at the end. */
  readonly changed?: Meddled;
  /** How a request must end on which it took effect. */
  readonly ends?: EndStatus;
  /** What the person did must still be so at the end; what is wrong, in words. */
  undone?(at: Scene): string | undefined;
}

export interface Scene {
  readonly stage: Stage;
  readonly state: CloudState;
  readonly request: ImageRequest;
}

const renamed = "renamed by its owner";
const ownImageId = "a0000000-0000-4000-8000-0000000000ff";
const ownImage = { images: [ownImageId] };

export const meddlings: Record<string, Meddling> = {
  "requester cancels": { act: cancel, ends: "cancelled" },
  "staff deny": { act: deny, ends: "denied" },
  "owner deletes the server": { act: deleteServer, changed: { server: true } },
  "owner unlocks it": { act: (at) => changeServer(at, { lockedBy: null, lockedReason: null }) },
  "owner unlocks and starts it": { act: start },
  "owner locks it": {
    act: (at) => changeServer(at, { lockedBy: "owner", lockedReason: "mine" }),
    changed: { server: true },
    undone: ({ state, request }) => {
      const now = state.servers[request.server.id];
      return now?.lockedBy === "owner" && now.lockedReason === "mine" ? undefined : "the owner's lock is gone";
    },
  },
  "operator locks it": {
    act: (at) => changeServer(at, { lockedBy: "admin", lockedReason: "an inquiry" }),
    changed: { server: true },
    undone: ({ state, request }) =>
      state.servers[request.server.id]?.lockedBy === "admin" ? undefined : "the operator's lock is gone",
  },
  "server breaks": {
    act: (at) => changeServer(at, { vmState: "error", powerState: 0, taskState: null, operation: null }),
    changed: { server: true },
  },
  "owner pauses it": { act: pause, changed: { server: true } },
  "nova-compute is restarted": { act: (at) => changeServer(at, { taskState: null, operation: null }) },
  "hypervisor has no room": {
    act: (at) => changeServer(at, { guest: { ...serverOf(at).guest, snapshotFailure: "no space" } }),
  },
  "owner attaches a volume": { act: attach, changed: { server: true } },
  "owner deletes our image": { act: deleteImage, changed: { ourImage: true } },
  "owner renames our image": {
    act: (at) => changeImage(at, (image) => Object.assign(image, { name: renamed })),
    changed: { imageName: renamed },
  },
  "owner removes our mark": {
    act: (at) => changeImage(at, ({ properties }) => void delete properties.darkroom_mark),
  },
  "owner protects our image": { act: (at) => changeImage(at, (image) => Object.assign(image, { protected: true })) },
  "owner deactivates our image": {
    act: (at) =>
      changeImage(at, (image) => image.status === "active" && Object.assign(image, { status: "deactivated" })),
    changed: { ourImage: true },
  },
  "owner's own snapshot has our mark": {
    act: ownSnapshot,
    changed: ownImage,
    undone: ({ state }) =>
      state.images[ownImageId]?.name === "my own" ? undefined : "the owner's own snapshot was touched",
  },
  "owner takes the name": { act: takeName, changed: ownImage },
  "owner protects our image and cancels": {
    act: async (at) => changeImage(at, (image) => Object.assign(image, { protected: true })) && (await cancel(at)),
  },
  "owner deletes the trust": delegation(({ state }) => clear(state.trusts)),
  "owner loses the role": delegation(loseRole),
  "owner is disabled": delegation(({ stage, state }) => disable(state.users[stage.bench.cloud.ids.user("alice")])),
  "project is disabled": delegation(({ stage, state }) =>
    disable(state.projects[stage.bench.cloud.ids.project("astro-lab")]),
  ),
  "service user is disabled": delegation(({ stage, state }) =>
    disable(state.users[stage.bench.cloud.ids.user("darkroom")]),
  ),
  "service user's password is changed": delegation(changePassword),
};

/** For so long Nova and Glance believe a token that they have seen (infra/simulated-openstack/timing.ts): until then nothing of it is felt. */
const believedMs = 301_000;

function delegation(act: (at: Scene) => boolean): Meddling {
  return {
    act(at) {
      const took = act(at);
      at.stage.bench.clock.advance(believedMs);
      return took;
    },
    changed: { trust: true },
  };
}

function changePassword({ stage, state }: Scene): boolean {
  const user = state.users[stage.bench.cloud.ids.user("darkroom")];
  if (user) user.passwordHash = hashSecret("another");
  return user !== undefined;
}

async function cancel({ stage, request }: Scene): Promise<boolean> {
  const { runtime, clock } = stage.bench;
  const by = { userId: "alice", userName: "alice" };
  const cancelled = await runtime.store.cancel(
    request,
    { reason: "", by, at: new Date(clock.now()).toISOString() },
    clock.now(),
  );
  return cancelled !== undefined;
}

async function deny({ stage, request }: Scene): Promise<boolean> {
  const { runtime, clock } = stage.bench;
  const by = { userId: "carol", userName: "carol" };
  const decision = { decision: "deny", reason: "no", by, at: new Date(clock.now()).toISOString() } as const;
  return (await runtime.store.decide(request, decision, clock.now())) !== undefined;
}

function serverOf({ state, request }: Scene) {
  const server = state.servers[request.server.id];
  if (!server) throw new Error("the server is gone already");
  return server;
}

function changeServer(at: Scene, change: Partial<ReturnType<typeof serverOf>>): boolean {
  Object.assign(serverOf(at), change);
  return true;
}

/** As Nova does it: a snapshot under way is deleted with the server (nova/compute/manager.py). */
function deleteServer({ state, request }: Scene): boolean {
  delete state.servers[request.server.id];
  for (const image of Object.values(state.images))
    if (image.status !== "active" && image.properties.instance_uuid === request.server.id)
      delete state.images[image.id];
  return true;
}

/** Nova starts nothing while it is at work on it. */
function start(at: Scene): boolean {
  const server = serverOf(at);
  if (server.taskState !== null) return false;
  return changeServer(at, { lockedBy: null, lockedReason: null, vmState: "active", powerState: 1 });
}

function pause(at: Scene): boolean {
  const { vmState, taskState, lockedBy } = serverOf(at);
  if (vmState !== "active" || taskState !== null || lockedBy !== null) return false;
  return changeServer(at, { vmState: "paused", powerState: 3 });
}

function attach(at: Scene): boolean {
  const attachment = {
    volumeId: "c0000000-0000-4000-8000-0000000000ff",
    attachmentId: "x",
    bdmUuid: "y",
    device: "/dev/vdb",
  };
  return changeServer(at, { attachments: [{ ...attachment, tag: null, deleteOnTermination: false }] });
}

function ourImage({ stage, state }: Scene) {
  return Object.values(state.images).find(({ id }) => !(id in stage.fresh.images));
}

function changeImage(at: Scene, change: (image: NonNullable<ReturnType<typeof ourImage>>) => unknown): boolean {
  const image = ourImage(at);
  if (!image) return false;
  change(image);
  return true;
}

function deleteImage(at: Scene): boolean {
  return changeImage(at, ({ id }) => void delete at.state.images[id]);
}

/** Nova copies the properties of the image that a server was booted from; so does a person who takes a snapshot of a server of our image. */
function ownSnapshot(at: Scene): boolean {
  const { stage, state, request } = at;
  const mark = request.ledger.findLast(({ kind }) => kind === "snapshot")?.mark;
  const like = state.images[stage.bench.cloud.ids.image("debian-12")];
  if (!like) throw new Error("no image to copy");
  const properties = { instance_uuid: request.server.id, image_type: "snapshot", ...(mark && { darkroom_mark: mark }) };
  const more = { owner: request.projectId, createdAt: stage.bench.clock.now(), updatedAt: stage.bench.clock.now() };
  state.images[ownImageId] = {
    ...structuredClone(like),
    ...more,
    id: ownImageId,
    name: "my own",
    visibility: "private",
    properties,
  };
  return true;
}

function takeName(at: Scene): boolean {
  ownSnapshot(at);
  return Boolean(Object.assign(at.state.images[ownImageId] ?? {}, { name: at.request.asked.name, properties: {} }));
}

function clear(things: Record<string, unknown>): boolean {
  for (const id of Object.keys(things)) delete things[id];
  return true;
}

function loseRole({ stage, state }: Scene): boolean {
  const alice = stage.bench.cloud.ids.user("alice");
  state.grants = state.grants.filter(({ userId }) => userId !== alice);
  return true;
}

function disable(who: { enabled: boolean } | undefined): boolean {
  if (who) who.enabled = false;
  return who !== undefined;
}
