// A name is given to an image that is there already: not while a request for that name is under way, and not twice.
import { randomUUID } from "node:crypto";
import { conflict, invalid } from "../http/http-problem.ts";
import { log } from "../log.ts";
import type { Cloud, Image } from "../openstack/index.ts";
import { nameLock } from "../requests/locks.ts";
import type { Runtime } from "../runtime.ts";
import { originOf } from "./origin.ts";
import { nameObstacles } from "./versions.ts";

/**
 * Holds the name's lock meanwhile, as a request for an image of that name does; a call that dies leaves it free after a minute. Throws 409 while somebody
 * else holds it, 422 where the name is taken, or the version in the line of that name.
 */
export async function renaming<Result>(
  { runtime, provider, cloud }: { runtime: Runtime; provider: string; cloud: Cloud },
  image: Image,
  name: string,
  rename: () => Promise<Result>,
): Promise<Result> {
  const owner = image.owner ?? "";
  const lock = nameLock(provider, owner, name);
  const us = `change-${randomUUID()}`;
  const { heldBy } = await runtime.locks.take(lock, us, runtime.clock.now());
  if (heldBy !== us) {
    const whose = heldBy.startsWith("change-")
      ? "Another image is being renamed so."
      : `Request ${heldBy} is making an image of this name.`;
    throw conflict("request-under-way", whose, "Wait until that has ended, or choose another name.");
  }
  try {
    const version = originOf(image) === "published" ? image.properties.darkroom_version : undefined;
    const naming = { name, ...(version !== undefined && { version: { name: version } }) };
    const taken = await nameObstacles(cloud, owner, naming, image.id);
    if (taken.length > 0)
      throw invalid(taken.map(({ detail, remedy }) => ({ field: "name", detail: `${detail} ${remedy}` })));
    return await rename();
  } finally {
    await runtime.locks.free(lock, us).catch((error) => log.warn("a name's lock is left to time", { lock, error }));
  }
}
