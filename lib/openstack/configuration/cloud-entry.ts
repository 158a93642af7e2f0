// The fields of one merged entry: what they may hold, and what they say of the cloud.
import { homedir } from "node:os";
import * as z from "zod";
import type { CloudConfig, Face, ServicePlace } from "../clouds-file.ts";
import type { ServiceName } from "../options.ts";
import { authShape, credentialsOf } from "./credentials.ts";
import { address, face, text, truth } from "./field-shapes.ts";
import type { Complain } from "./merged-entry.ts";
import type { Mapping } from "./yaml-text.ts";

export function entryToConfig(
  name: string,
  entry: Mapping,
  home: string,
  complain: Complain,
  anyScope: boolean,
): CloudConfig {
  const read = entryShape.safeParse(filledIn(entry, complain));
  if (!read.success) {
    const [issue] = read.error.issues;
    return complain((issue?.path ?? []).map(String).join("."), issue?.message ?? "not understood");
  }
  const fields = read.data;
  if (fields.identity_api_version && !/^v?3(\.|$)/.test(fields.identity_api_version)) {
    complain("identity_api_version", "only version 3 is spoken");
  }
  const pathOf = (written: string | undefined) => written?.replace(/^~(?=$|\/)/, () => home || homedir());
  return {
    name,
    authUrl: withVersion(fields.auth.auth_url),
    credentials: credentialsOf(fields.auth, fields.auth_type, complain, anyScope),
    regionName: fields.region_name,
    interface: fields.interface ?? "public",
    verify: (fields.verify ?? true) && fields.insecure !== true,
    caCertPath: pathOf(fields.cacert),
    ...(fields.cert && { certPath: pathOf(fields.cert), keyPath: pathOf(fields.key) }),
    ...servicesOf(entry, complain),
  };
}

const entryShape = z.looseObject(
  {
    auth: authShape,
    auth_type: text,
    region_name: text,
    interface: face,
    verify: truth,
    insecure: truth,
    cacert: text,
    cert: text,
    key: text,
    identity_api_version: text,
  },
  "must be a mapping",
);

/** `http://host:5000`, `…/identity/`, `…/v2.0` and `…/v3/` all mean the third version beside them. */
function withVersion(authUrl: string): string {
  const bare = authUrl.replace(/\/+$/, "");
  return /\/v[\d.]+$/.test(bare) ? bare.replace(/\/v[\d.]+$/, "/v3") : `${bare}/v3`;
}

const filled = ["cacert", "cert", "key"];

/** `{region_name}` and its like stand for the entry's own fields, as Python's `format` fills them in (openstacksdk, config/loader.py: magic_fixes, get_one). */
function filledIn(entry: Mapping, complain: Complain): Mapping {
  const fill = (field: string, written: unknown) =>
    typeof written !== "string"
      ? written
      : written.replace(/\{\{|\}\}|\{(\w*)\}/g, (whole, key: string | undefined) => {
          if (key === undefined) return whole.charAt(0);
          const value = Object.hasOwn(entry, key) ? entry[key] : undefined;
          return typeof value === "string" ? value : complain(field, `names {${key}}, which the entry does not have`);
        });
  const { auth } = entry;
  const outside = Object.entries(entry).map(([key, value]) => {
    return [key, filled.includes(key) || key.endsWith("_endpoint_override") ? fill(key, value) : value];
  });
  const authUrl = typeof auth === "object" && auth !== null && "auth_url" in auth ? auth.auth_url : undefined;
  const inside =
    authUrl === undefined ? {} : { auth: { ...(auth as Mapping), auth_url: fill("auth.auth_url", authUrl) } };
  return { ...Object.fromEntries(outside), ...inside } as Mapping;
}

/** The names under which a service's fields may stand, best first (OpenStack's service-types authority). */
const namesOf: Record<ServiceName, string[]> = {
  identity: ["identity"],
  compute: ["compute"],
  image: ["image"],
  volume: ["block_storage", "volumev3", "volume", "block_store"],
};

/** Fields such as `compute_endpoint_override`, `image_region_name`, `volume_interface`; others of a service (its version, its retries) mean nothing here. */
function servicesOf(entry: Mapping, complain: Complain): { services?: CloudConfig["services"] } {
  const services: Partial<Record<ServiceName, ServicePlace>> = {};
  for (const service of Object.keys(namesOf) as ServiceName[]) {
    const field = (end: string) => namesOf[service].map((name) => `${name}_${end}`).find((key) => entry[key] != null);
    const read = <Read>(end: string, shape: z.ZodType<Read>): Read | undefined => {
      const key = field(end);
      if (key === undefined) return undefined;
      const taken = shape.safeParse(entry[key]);
      return taken.success ? taken.data : complain(key, taken.error.issues[0]?.message ?? "not understood");
    };
    const place = {
      endpoint: read("endpoint_override", address),
      regionName: read("region_name", text),
      interface: read<Face | undefined>("interface", face),
    };
    if (Object.values(place).some((value) => value !== undefined)) services[service] = place;
  }
  return Object.keys(services).length > 0 ? { services } : {};
}
