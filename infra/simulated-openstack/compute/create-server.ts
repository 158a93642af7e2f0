// POST /servers: a server is accepted at once and comes up later, or fails later.
import { isObject, own, pythonRepr, pythonStr } from "../bodies.ts";
import type { Answer } from "../http.ts";
import type { ImageRecord } from "../image/records.ts";
import { attachAll, hasDiskOfItsOwn, plannedVolumes } from "./boot-volume.ts";
import { bootableImage, checkFits } from "./bootable-image.ts";
import { bodyOf, type ComputeCall, type ComputeRoute, operationOf } from "./call.ts";
import { checkMetadata, checkName } from "./checks.ts";
import { inheritFrom } from "./inherit.ts";
import { usageOf } from "./limits.ts";
import { begin } from "./operations.ts";
import { type FlavorRecord, power, type ServerRecord } from "./records.ts";
import { invalidField, refuse } from "./refusals.ts";
import { linksOf } from "./server-view.ts";

export const createRoutes: ComputeRoute[] = [["POST", "/v2.1/servers", createServer]];

/** The attributes that Nova takes, and since when. */
const attributes: Record<string, number> = {
  name: 1,
  imageRef: 1,
  flavorRef: 1,
  adminPass: 1,
  metadata: 1,
  networks: 1,
  "OS-DCF:diskConfig": 1,
  accessIPv4: 1,
  accessIPv6: 1,
  personality: 1,
  availability_zone: 1,
  block_device_mapping: 1,
  block_device_mapping_v2: 1,
  config_drive: 1,
  key_name: 1,
  min_count: 1,
  max_count: 1,
  return_reservation_id: 1,
  security_groups: 1,
  user_data: 1,
  description: 19,
  tags: 52,
  trusted_image_certificates: 63,
  host: 74,
  hypervisor_hostname: 74,
  hostname: 90,
};

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function createServer(call: ComputeCall): Answer {
  const { core } = call;
  const wanted = bodyOf(call).server;
  if (!isObject(wanted))
    throw invalidField("server", pythonStr(wanted), `${pythonRepr(wanted)} is not of type 'object'`);
  checkShape(wanted, call);

  const flavor = own(core.state.flavors, String(wanted.flavorRef));
  if (!flavor) throw refuse(400, `Flavor ${String(wanted.flavorRef)} could not be found.`);
  const volumes = plannedVolumes(call, wanted);
  const image = volumes.length === 0 ? imageFor(call, wanted, flavor) : null;
  checkQuota(call, flavor);

  const server = newServer(call, wanted, flavor, image);
  attachAll(call, server, volumes);
  core.state.servers[server.id] = server;
  const { bootMs, bootFailureMs } = core.timing;
  const fits = !hasDiskOfItsOwn(volumes, flavor) || (image?.virtualSizeBytes ?? 0) <= flavor.diskGib * 2 ** 30;
  begin(core, server, operationOf(call, "create", "compute__do_build_and_run_instance"), "scheduling", [
    { afterMs: bootMs * 0.04, step: { do: "task", taskState: null } },
    { afterMs: bootMs * 0.1, step: { do: "scheduled" } },
    { afterMs: fits ? bootMs : bootFailureMs, step: { do: "booted" } },
  ]);
  return {
    status: 202,
    json: {
      server: {
        id: server.id,
        links: linksOf(call, "servers", server.id),
        "OS-DCF:diskConfig": "MANUAL",
        security_groups: [{ name: "default" }],
        adminPass: typeof wanted.adminPass === "string" ? wanted.adminPass : core.newSecret(12),
      },
    },
    headers: { Location: `${core.baseUrl}/compute/v2.1/servers/${server.id}` },
  };
}

function checkShape(wanted: Record<string, unknown>, { minor, projectId }: ComputeCall): void {
  for (const required of ["name", "flavorRef", ...(minor >= 37 ? ["networks"] : [])]) {
    if (!(required in wanted)) throw invalidField("server", pythonRepr(wanted), `'${required}' is a required property`);
  }
  const stranger = Object.keys(wanted).find((key) => !(minor >= (own(attributes, key) ?? Infinity)));
  if (stranger !== undefined) {
    throw invalidField(
      "server",
      pythonRepr(wanted),
      `Additional properties are not allowed ('${stranger}' was unexpected)`,
    );
  }
  checkName(wanted.name);
  const { networks, user_data: userData } = wanted;
  const word = networks === "none" || networks === "auto";
  if (networks !== undefined && !Array.isArray(networks) && !(word && minor >= 37)) {
    throw invalidField("networks", pythonStr(networks), `${pythonRepr(networks)} is not of type 'array'`);
  }
  // There is a Neutron without a single network (measured on Zed); `none` is what can be had.
  if (networks === "auto") throw refuse(400, `Unable to automatically allocate a network for project ${projectId}`);
  for (const network of Array.isArray(networks) ? networks : []) {
    throw refuse(400, `Network ${isObject(network) ? String(network.uuid) : String(network)} could not be found.`);
  }
  if (typeof userData === "string" && userData.length > 65_535) {
    throw invalidField("user_data", userData, `'${userData}' is too long`);
  }
}

function imageFor(call: ComputeCall, wanted: Record<string, unknown>, flavor: FlavorRecord): ImageRecord {
  const { imageRef } = wanted;
  if (imageRef === undefined || imageRef === "") throw refuse(400, "Missing imageRef attribute");
  if (typeof imageRef !== "string" || !uuid.test(imageRef)) {
    throw invalidField(
      "imageRef",
      pythonStr(imageRef),
      `${pythonRepr(imageRef)} is not valid under any of the given schemas`,
    );
  }
  const image = bootableImage(call, imageRef);
  checkFits(image, flavor);
  return image;
}

function checkQuota({ core, projectId }: ComputeCall, flavor: FlavorRecord): void {
  const used = usageOf(core, projectId);
  const { quota } = core.state;
  const over = [
    { name: "cores", wanted: flavor.vcpus, used: used.cores, allowed: quota.cores },
    { name: "instances", wanted: 1, used: used.instances, allowed: quota.instances },
    { name: "ram", wanted: flavor.ramMib, used: used.ramMib, allowed: quota.ramMib },
  ].filter((one) => one.used + one.wanted > one.allowed);
  if (over.length === 0) return;
  const all = (values: (string | number)[]) => values.join(", ");
  throw refuse(
    403,
    `Quota exceeded for ${all(over.map(({ name }) => name))}: Requested ${all(over.map(({ wanted }) => wanted))}, but already used ${all(over.map((one) => one.used))} of ${all(over.map(({ allowed }) => allowed))} ${all(over.map(({ name }) => name))}`,
  );
}

function newServer(
  call: ComputeCall,
  wanted: Record<string, unknown>,
  flavor: FlavorRecord,
  image: ImageRecord | null,
): ServerRecord {
  const { core, caller, projectId } = call;
  const name = String(wanted.name);
  return {
    id: core.newUuid(),
    name,
    description: typeof wanted.description === "string" ? wanted.description : null,
    hostname: typeof wanted.hostname === "string" ? wanted.hostname : name.toLowerCase().replace(/[^a-z0-9-]+/g, "-"),
    projectId,
    userId: caller.user.id,
    imageId: image?.id ?? null,
    systemMetadata: inheritFrom(call, image),
    flavor: structuredClone(flavor),
    vmState: "building",
    taskState: null,
    powerState: power.none,
    lockedBy: null,
    lockedReason: null,
    createdAt: core.now(),
    updatedAt: core.now(),
    launchedAt: null,
    deletedAt: null,
    metadata: checkMetadata(wanted.metadata),
    tags: Array.isArray(wanted.tags) ? wanted.tags.map(String) : [],
    keyName: typeof wanted.key_name === "string" ? wanted.key_name : null,
    configDrive: wanted.config_drive === true || String(wanted.config_drive).toLowerCase() === "true",
    userData: typeof wanted.user_data === "string" ? wanted.user_data : null,
    hostId: "",
    fault: null,
    attachments: [],
    shelvedImageId: null,
    guest: {
      obeysAcpi: image?.disk?.obeysAcpi ?? true,
      diskBytes: image?.disk?.usedBytes ?? 0,
      console: "",
      snapshotFailure: null,
      fresh: true,
      ...(image?.disk?.system && { system: structuredClone(image.disk.system) }),
    },
    operation: null,
    actions: [],
  };
}
