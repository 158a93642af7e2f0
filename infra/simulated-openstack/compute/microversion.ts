// Which microversion of Nova a call asks for.
import type { Answer, Request } from "../http.ts";
import { novaError } from "./refusals.ts";

export const minMinor = 1;
/** Zed. */
export const maxMinor = 93;

export type Negotiated = { minor: number } | { refused: Answer };

/** From `OpenStack-API-Version: compute 2.X` or the older `X-OpenStack-Nova-API-Version: 2.X`; 2.1 where neither is there. Unsupported: 406; malformed: 400. */
export function negotiate({ headers }: Request): Negotiated {
  const asked = fromHeader(headers["openstack-api-version"]) ?? one(headers["x-openstack-nova-api-version"]);
  if (asked === undefined) return { minor: minMinor };
  if (asked === "latest") return { minor: maxMinor };
  const match = /^([1-9]\d*)\.([1-9]\d*|0)$/.exec(asked);
  if (!match) {
    return {
      refused: novaError(400, `API Version String ${asked} is of invalid format. Must be of format MajorNum.MinorNum.`),
    };
  }
  const minor = Number(match[2]);
  if (match[1] === "2" && minor >= minMinor && minor <= maxMinor) return { minor };
  const message = `Version ${asked} is not supported by the API. Minimum is 2.${minMinor} and maximum is 2.${maxMinor}.`;
  return { refused: { ...novaError(406, message), headers: versionHeaders(asked) } };
}

export const versionHeaders = (version: string): Record<string, string> => ({
  "Openstack-Api-Version": `compute ${version}`,
  "X-Openstack-Nova-Api-Version": version,
  Vary: "OpenStack-API-Version, X-OpenStack-Nova-API-Version",
});

/** The header may name several services. */
function fromHeader(header: string | string[] | undefined): string | undefined {
  const entries = one(header)?.split(",") ?? [];
  for (const entry of entries) {
    const [service, version] = entry.trim().split(/\s+/);
    if (service === "compute" || service === "nova") return version;
  }
  return undefined;
}

const one = (header: string | string[] | undefined): string | undefined => (Array.isArray(header) ? header[0] : header);
