// One cloud's entry with what its profile and its region add, before anything of it is understood.
import { isMapping, type Mapping, type Value } from "./yaml-text.ts";

/** Throws; the field is given from the entry on (`auth.password`), empty for the entry itself. */
export type Complain = (field: string, problem: string) => never;

/** `over` on top of `under`, as openstacksdk merges secure.yaml into clouds.yaml (config/_util.py: merge_clouds). */
export function mergedDeeply(under: Mapping, over: Mapping): Mapping {
  const merged = { ...under };
  for (const [key, value] of Object.entries(over)) {
    const below = merged[key];
    merged[key] = isMapping(value) && isMapping(below) ? mergedDeeply(below, value) : value;
  }
  return merged;
}

/**
 * The profile, the entry on top of it, on top of that the region's own values; keys with `_` for `-`. The region is the one asked for, else the first
 * (config/loader.py: get_one, _get_region). Of several known ones it must be one; a single one is replaced, where openstacksdk would refuse.
 */
export function mergedEntry(
  entry: Mapping,
  profile: Mapping,
  wantedRegion: string | undefined,
  complain: Complain,
): Mapping {
  const own = withUnderscores(entry);
  const inherited = withUnderscores(profile);
  const known = knownRegions(own, complain) ?? knownRegions(inherited, complain) ?? [];
  const region = wantedRegion ? known.find(({ name }) => name === wantedRegion) : known[0];
  if (wantedRegion && !region && known.length > 1) {
    complain("regions", `no region "${wantedRegion}"; there are: ${known.map(({ name }) => name).join(", ")}`);
  }
  const merged = [inherited, own, region?.values ?? {}].reduce(withAuth);
  return { ...merged, region_name: region?.name ?? wantedRegion ?? null };
}

interface Region {
  name: string;
  values: Mapping;
}

function knownRegions({ regions, region_name }: Mapping, complain: Complain): Region[] | undefined {
  if (regions != null) {
    if (!Array.isArray(regions)) complain("regions", "must be a list");
    return regions.map((region, at) =>
      regionOf(region, () => complain(`regions.${at}`, "must be a name, or a name and values")),
    );
  }
  if (region_name == null || region_name === "") return undefined;
  const names = Array.isArray(region_name)
    ? region_name
    : typeof region_name === "string"
      ? region_name.split(",")
      : [];
  return names.length > 0
    ? names.map((name) => regionOf(name, () => complain("region_name", "must be a text")))
    : complain("region_name", "must be a text");
}

function regionOf(region: Value, refuse: () => never): Region {
  if (typeof region === "string") return { name: region, values: {} };
  if (!isMapping(region)) return refuse();
  const { name, values, ...more } = region;
  if (typeof name !== "string" || Object.keys(more).length > 0) return refuse();
  if (values != null && !isMapping(values)) return refuse();
  return { name, values: withUnderscores(values ?? {}) };
}

/** `auth` is merged key by key, all else replaced. */
function withAuth(under: Mapping, over: Mapping): Mapping {
  const both = isMapping(under.auth) && isMapping(over.auth);
  return { ...under, ...over, ...(both && { auth: { ...(under.auth as Mapping), ...(over.auth as Mapping) } }) };
}

function withUnderscores(mapping: Mapping): Mapping {
  const entries = Object.entries(mapping).map(([key, value]) => {
    return [key.replaceAll("-", "_"), key === "auth" && isMapping(value) ? withUnderscores(value) : value];
  });
  return Object.fromEntries(entries);
}
