// An image that the owner brought by hand: made at Glance itself, as any client does.
import { randomBytes } from "node:crypto";
import type { Venue } from "./venue.ts";

/** All of them begin so. */
export const uploadedName = "brought ";

/** A few bytes, active. `member`: the project that it is shared with; its answer is still to come. */
export async function uploadImage(
  venue: Venue,
  { visibility = "private", member }: { visibility?: "private" | "shared"; member?: string } = {},
): Promise<string> {
  const ask = await glance(venue);
  const name = `${uploadedName}${randomBytes(6).toString("hex")}`;
  const { id } = await ask("POST", "images", { name, visibility, container_format: "bare", disk_format: "raw" });
  await ask("PUT", `images/${id}/file`, Buffer.from("a disk"));
  if (member !== undefined) await ask("POST", `images/${id}/members`, { member });
  return id;
}

/** What is gone already, is gone. */
export async function deleteUploaded(venue: Venue, id: string): Promise<void> {
  await (await glance(venue))("DELETE", `images/${id}`, undefined, [404]);
}

async function glance(venue: Venue) {
  const token = String(await venue.token("owner"));
  return async (method: string, path: string, body?: Buffer | object, allowed: readonly number[] = []) => {
    const isFile = Buffer.isBuffer(body);
    const answer = await fetch(`${venue.imageUrl}/v2/${path}`, {
      method,
      headers: { "x-auth-token": token, "content-type": isFile ? "application/octet-stream" : "application/json" },
      ...(body !== undefined && { body: isFile ? new Uint8Array(body) : JSON.stringify(body) }),
    });
    if (!answer.ok && !allowed.includes(answer.status)) {
      throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    }
    const text = await answer.text();
    return text.startsWith("{") ? JSON.parse(text) : {};
  };
}
