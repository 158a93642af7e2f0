// The microversions that a cloud's Nova offers, read at most once, and only after Nova refused one.
import * as z from "zod";
import { readBody } from "./answer.ts";
import { oneFlight } from "./flight.ts";
import { type VersionRange, versionDocumentUrl } from "./microversions.ts";
import { refusal, silence } from "./refusal.ts";
import { type Call, type Caller, persist, type Wire } from "./retry.ts";

export interface VersionRanges {
  known(address: string): VersionRange | undefined;
  learn(address: string, tokenId: string, caller: Caller): Promise<void>;
}

/** One for each connected cloud, shared by all who act on it. */
export function versionRanges(wire: Wire): VersionRanges {
  const ranges = new Map<string, VersionRange>();
  const flights = new Map<string, (caller: Caller) => Promise<VersionRange>>();
  return {
    known: (address) => ranges.get(versionDocumentUrl(address)),
    async learn(address, tokenId, caller) {
      const url = versionDocumentUrl(address);
      if (ranges.has(url)) return;
      const fly = flights.get(url) ?? oneFlight((caller) => readRange(wire, url, tokenId, caller));
      flights.set(url, fly);
      ranges.set(url, await fly(caller));
    },
  };
}

/** Nova's 406 names the range in words only (`Minimum is 2.1 and maximum is 2.93.`); the document says it for programs. */
async function readRange(wire: Wire, url: string, tokenId: string, caller: Caller): Promise<VersionRange> {
  const call: Call = {
    service: "compute",
    method: "GET",
    path: "/",
    url,
    repeatable: true,
    headers: { accept: "application/json", "x-auth-token": tokenId },
    body: undefined,
  };
  const answer = await persist(wire, caller, call, { attempts: 0, startedAt: wire.clock.now() });
  if (!answer.answered) throw silence(call, answer);
  if (answer.status !== 200) throw refusal(call, answer, wire.clock.now());
  const { version } = readBody(call, answer, versionDocument);
  return { min: version.min_version, max: version.version };
}

const microversion = z.string().regex(/^\d+\.\d+$/);
const versionDocument = z.looseObject({ version: z.looseObject({ min_version: microversion, version: microversion }) });
