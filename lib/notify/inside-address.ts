// Where a webhook must never lead: into our own network, or to a cloud's metadata. Checked by address, never by how a name looks.
import type { LookupAddress } from "node:dns";
import { lookup } from "node:dns/promises";
import { isIP, type LookupFunction } from "node:net";
import ipaddr from "ipaddr.js";

export interface Reach {
  /** Of the embedded default alone: http and https to this machine, which is all that may be reached then beside the world. */
  readonly loopback: boolean;
  /** How names are resolved; the system's resolver by default. */
  readonly resolve?: (host: string) => Promise<readonly LookupAddress[]>;
}

/** The address, or what it resolves to, is not for webhooks. */
export class InsideAddress extends Error {}

const maxUrlChars = 2_000;

/** What is wrong with the URL by itself; undefined where nothing is. No name is resolved. */
export function refusalOf(text: string, { loopback }: Reach): string | undefined {
  if (text.length > maxUrlChars) return `must have at most ${maxUrlChars} characters`;
  const url = URL.parse(text);
  if (!url) return "is no URL";
  const here = loopback && isHere(url);
  if (url.protocol !== "https:" && !(here && url.protocol === "http:")) return "must begin with https://";
  if (url.username !== "" || url.password !== "") return "must not hold a user or a password";
  if (url.hash !== "") return "must not hold a fragment (#)";
  const host = hostOf(url);
  if (isIP(host)) return isAllowed(host, loopback) ? undefined : "must not name an inside address";
  if (here) return undefined;
  return host.replace(/\.$/, "").includes(".") && !/\.(localhost|local|internal|home\.arpa)\.?$/.test(host)
    ? undefined
    : "must name a host of the public internet";
}

/**
 * Every address that the host has now; `InsideAddress` where the URL is refused or one of them is inside: a name with two addresses, one of them ours, is
 * an attempt. Other errors: it could not be resolved.
 */
export async function addressesOf(text: string, reach: Reach): Promise<readonly LookupAddress[]> {
  const refused = refusalOf(text, reach);
  if (refused) throw new InsideAddress(`the URL ${refused}`);
  const host = hostOf(new URL(text));
  const family = isIP(host);
  if (family) return [{ address: host, family }];
  const addresses = await (reach.resolve ?? systemResolve)(host);
  if (addresses.length === 0) throw new Error(`${host} has no address`);
  if (!addresses.every(({ address }) => isAllowed(address, reach.loopback)))
    throw new InsideAddress(`${host} leads to an inside address`);
  return addresses;
}

/** For a connection: it goes to one of the addresses that were looked at, and to no other, whatever a resolver says a moment later. */
export function pinnedTo(addresses: readonly LookupAddress[]): LookupFunction {
  return (_host, options, callback) => {
    const [first] = addresses;
    if (!first) callback(new InsideAddress("nowhere to connect to"), "");
    else if (options.all) callback(null, [...addresses]);
    else callback(null, first.address, first.family);
  };
}

/** Public clouds answer machines at these addresses of the public range, too: Azure's wire server. */
const publicYetInside = new Set(["168.63.129.16"]);
/** RFC 4291: of IPv6, only this is handed out as global unicast so far. */
const globalUnicast = ipaddr.parseCIDR("2000::/3");

/** Global unicast, and nothing that carries another address inside it (NAT64, 6to4, Teredo, mapped): what is carried would have to be looked at, too. */
export function isAllowed(text: string, loopback: boolean): boolean {
  if (!isIP(text) || text.includes("%")) return false;
  const address = ipaddr.parse(text);
  if (loopback && address.range() === "loopback") return true;
  if (address.range() !== "unicast" || publicYetInside.has(address.toString())) return false;
  return address.kind() === "ipv4" || address.match(globalUnicast);
}

/** WHATWG's parser has turned every spelling of an IPv4 address (2130706433, 0x7f.1, 127.1, full-width digits) into four decimals. */
function hostOf(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, "$1");
}

function isHere(url: URL): boolean {
  const host = hostOf(url);
  return host === "localhost" || (isIP(host) !== 0 && isAllowed(host, true) && !isAllowed(host, false));
}

function systemResolve(host: string): Promise<LookupAddress[]> {
  return lookup(host, { all: true, verbatim: true });
}
