// A data volume on a server, and off again, as an owner does it with Cinder and Nova themselves.
import type { Cloud } from "../../lib/openstack/index.ts";
import { waitFor } from "../real/real-cloud.ts";

/** Of 1 GiB. */
export async function attachVolume(cloud: Cloud, serverId: string) {
  const { id: token, catalog } = await cloud.token();
  const ask = async (service: RegExp, method: string, path: string, body?: unknown) => {
    const url = catalog.find(({ type }) => service.test(type))?.endpoints[0]?.url ?? "";
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: { "x-auth-token": token, "content-type": "application/json" },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    const text = await answer.text();
    // biome-ignore lint/suspicious/noExplicitAny: OpenStack's own JSON
    return (text ? JSON.parse(text) : undefined) as any;
  };
  const cinder = /^(volumev3|block-storage)$/;
  const nova = /^compute$/;
  const status = (wanted: string, id: string) =>
    waitFor(`volume ${id} to be ${wanted}`, 240_000, async () => {
      const { volume } = await ask(cinder, "GET", `/volumes/${id}`);
      return volume.status === wanted ? volume : undefined;
    });

  const { volume } = await ask(cinder, "POST", "/volumes", { volume: { size: 1, name: "seed-data" } });
  await status("available", volume.id);
  await ask(nova, "POST", `/servers/${serverId}/os-volume_attachments`, { volumeAttachment: { volumeId: volume.id } });
  await status("in-use", volume.id);
  return {
    async detachAndDelete() {
      await ask(nova, "DELETE", `/servers/${serverId}/os-volume_attachments/${volume.id}`);
      await status("available", volume.id);
      await ask(cinder, "DELETE", `/volumes/${volume.id}`);
    },
  };
}
