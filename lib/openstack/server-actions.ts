// What is done to a server: one call each, and what counts as its success.
import * as z from "zod";
import type { Ask, Calls } from "./calls.ts";
import { OpenStackFault } from "./faults.ts";
import { isAtLeast } from "./microversions.ts";
import { segment } from "./segment.ts";

/** All answer before the work is done: look at the server's status and task state for its end. */
export interface ServerActions {
  /** Success also when it is stopped already. Locked, by anybody but an administrator's own call: `conflict` `{ locked }`. */
  stopServer(id: string): Promise<void>;
  /** Success also when it runs already. */
  startServer(id: string): Promise<void>;
  /**
   * @param reason is shown to the owner from 2.73 on; an older cloud locks without it, and `reasonShown` is false. It ends up as the property
   * `locked_reason` on images made meanwhile (measured on Zed).
   */
  lockServer(id: string, reason: string): Promise<{ reasonShown: boolean }>;
  /** Success also when it is not locked. `forbidden` where an administrator locked it. */
  unlockServer(id: string): Promise<void>;
  /**
   * Works on locked servers too. `conflict` `{ taskState }` or `{ vmState }` when it cannot be now; `overQuota` (403 in Nova). Needs 2.45: before that
   * Nova does not tell the image's id but an address that is often out of reach.
   */
  createImage(id: string, wish: { name: string; metadata: Record<string, string> }): Promise<ImageBegun>;
  /** Success also when there is no such server (any more). */
  deleteServer(id: string): Promise<void>;
}

export interface ImageBegun {
  imageId: string;
  /** Names the instance action that tells how it ended. */
  requestId: string | undefined;
}

export function serverActionsOf(calls: Calls): ServerActions {
  const act = (id: string, body: Ask["body"], microversion?: Ask["microversion"]): Ask => ({
    service: "compute",
    method: "POST",
    path: `${pathOf(id)}/action`,
    body,
    microversion,
  });
  return {
    async stopServer(id) {
      await calls.send(act(id, { "os-stop": null })).catch(unlessAlready("stopped"));
    },
    async startServer(id) {
      await calls.send(act(id, { "os-start": null })).catch(unlessAlready("active"));
    },
    async lockServer(id, reason) {
      const knowsReasons = (version: string | undefined) => version !== undefined && isAtLeast(version, "2.73");
      const body = (version: string) => ({ lock: knowsReasons(version) ? { locked_reason: reason } : null });
      const { microversion } = await calls.send(act(id, body, { wants: "2.73", needs: "2.1" }));
      return { reasonShown: knowsReasons(microversion) };
    },
    async unlockServer(id) {
      await calls.send(act(id, { unlock: null }));
    },
    async createImage(id, { name, metadata }) {
      const ask = act(id, { createImage: { name, metadata } }, { wants: "2.73", needs: "2.45" });
      const { body, requestId } = await calls.read({ ...ask, once: true }, z.looseObject({ image_id: z.string() }));
      return { imageId: body.image_id, requestId };
    },
    async deleteServer(id) {
      await calls.send({ service: "compute", method: "DELETE", path: pathOf(id) }).catch(unlessGone);
    },
  };
}

const pathOf = (id: string) => `/servers/${segment("compute", id)}`;

/** Measured on Zed: os-stop on a stopped server is 409 `Cannot 'stop' instance … while it is in vm_state stopped`. */
function unlessAlready(vmState: string): (fault: unknown) => void {
  return (fault) => {
    const reason = fault instanceof OpenStackFault ? fault.reason : undefined;
    if (!reason || !("vmState" in reason) || reason.vmState !== vmState) throw fault;
  };
}

function unlessGone(fault: unknown): void {
  if (!(fault instanceof OpenStackFault) || fault.kind !== "notFound") throw fault;
}
