// The service catalogue inside a token, and finding a service's address in it.
import type { CloudConfig } from "./clouds-file.ts";
import type { ServiceName } from "./options.ts";

export interface CatalogEntry {
  type: string;
  name: string;
  endpoints: { interface: string; regionId: string; url: string }[];
}

/**
 * The address of a service, with its version, without a slash at its end. Keystone's is the configured one, which is known to be within reach.
 * @throws MissingService
 */
export function addressOf(service: ServiceName, catalog: CatalogEntry[], config: CloudConfig): string {
  const place = config.services?.[service];
  if (service === "identity") return place?.endpoint ? versionedIdentity(place.endpoint) : config.authUrl;
  const url = place?.endpoint ?? pick(service, catalog, wantedPlace(config, service));
  if (!URL.canParse(url))
    throw new MissingService(`the catalogue's address of ${service} is no URL: ${url.slice(0, 200)}`);
  return versioned[service](url.replace(/\/+$/, ""));
}

export class MissingService extends Error {}

/** The names under which a service may stand, best first (OpenStack's service-types authority). */
const typesOf: Record<Exclude<ServiceName, "identity">, string[]> = {
  compute: ["compute"],
  image: ["image"],
  volume: ["block-storage", "volumev3", "block-store", "volume"],
};

type Place = Pick<CloudConfig, "interface" | "regionName">;

function wantedPlace({ services, ...all }: CloudConfig, service: ServiceName): Place {
  const own = services?.[service];
  return { interface: own?.interface ?? all.interface, regionName: own?.regionName ?? all.regionName };
}

function versionedIdentity(url: string): string {
  const bare = url.replace(/\/+$/, "");
  return /\/v3$/.test(bare) ? bare : `${bare}/v3`;
}

function pick(service: Exclude<ServiceName, "identity">, catalog: CatalogEntry[], config: Place): string {
  if (catalog.length === 0) throw new MissingService("the token has no catalogue: it is not scoped to a project");
  for (const type of typesOf[service]) {
    const offered = catalog.filter((entry) => entry.type === type).flatMap((entry) => entry.endpoints);
    const facing = offered.filter((endpoint) => endpoint.interface.replace(/URL$/, "") === config.interface);
    const here = facing.filter((endpoint) => !config.regionName || endpoint.regionId === config.regionName);
    const regions = [...new Set(here.map((endpoint) => endpoint.regionId))];
    if (regions.length > 1) {
      throw new MissingService(`${service} stands in several regions (${regions.join(", ")}): set region_name`);
    }
    if (here[0]) return here[0].url;
  }
  const all = catalog.flatMap(({ type, endpoints }) =>
    endpoints.map((endpoint) => `${type}/${endpoint.regionId}/${endpoint.interface}`),
  );
  const wanted = `${service} with interface ${config.interface} in ${config.regionName ?? "any region"}`;
  throw new MissingService(`the catalogue has no ${wanted}; it has ${all.join(", ").slice(0, 300)}`);
}

/** Glance's and Nova's addresses may lack the version; Nova's may end in a project id; `/v2` is Nova's old name for the same code without microversions. */
const versioned: Record<Exclude<ServiceName, "identity">, (url: string) => string> = {
  image: (url) => (/\/v2(?:\.\d+)?$/.test(url) ? url : `${url}/v2`),
  compute: (url) => (/\/v2(?:\.\d+)?(?:\/|$)/.test(url) ? url.replace(/\/v2(?=\/|$)/, "/v2.1") : `${url}/v2.1`),
  volume: (url) => url,
};
