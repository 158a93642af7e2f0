// Microversions: what a call wants and at least needs, what the cloud allows, learnt only when the cloud refuses.

/** As `2.73`. */
export interface Microversions {
  wants: string;
  /** Below it the call would mean something else. */
  needs: string;
}

export interface VersionRange {
  min: string;
  max: string;
}

/** The version to ask for: the wanted one, or the best that the cloud allows; undefined where that is less than needed. */
export function bestVersion({ wants, needs }: Microversions, range: VersionRange | undefined): string | undefined {
  if (range === undefined) return wants;
  const best = minor(wants) <= minor(range.max) ? wants : range.max;
  return minor(best) >= minor(needs) && minor(best) >= minor(range.min) ? best : undefined;
}

export function isAtLeast(version: string, bound: string): boolean {
  return minor(version) >= minor(bound);
}

/** Nova's clouds older than Newton know only the second. */
export function versionHeaders(version: string): Record<string, string> {
  return { "openstack-api-version": `compute ${version}`, "x-openstack-nova-api-version": version };
}

/** Where Nova tells its range: its address without the project's id. */
export function versionDocumentUrl(address: string): string {
  return address.replace(/(\/v2\.1)(?:\/.*)?$/, "$1/");
}

function minor(version: string): number {
  const [major, minorPart] = version.split(".").map(Number);
  return (major ?? 0) * 10_000 + (minorPart ?? 0);
}
