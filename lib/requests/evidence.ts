// The proof of what was done inside guests: report, verdict and the console's end, each an item of its own beside its request.
import { gunzipSync, gzipSync } from "node:zlib";
import { always, present } from "../aws/condition.ts";
import type { Table } from "../aws/table.ts";
import type { Verdict } from "../guest/judge.ts";
import type { CleanReport, VerifyReport } from "../guest/report.ts";

/** Of one run in a guest. Without a report it is the last words of a guest that never gave one. */
export interface Evidence<Report> {
  /** The ledger's mark of the temporary server. */
  readonly mark: string;
  readonly serverId: string;
  /** The image that it was booted from. */
  readonly imageId: string;
  readonly at: string;
  readonly report?: Report;
  /** Of `verify` only. */
  readonly verdict?: Verdict;
  /** The end of what it printed, our own frames left out; at most `maxConsoleChars`. */
  readonly consoleEnd: string;
}

export interface EvidenceOf {
  clean: Evidence<CleanReport>;
  verify: Evidence<VerifyReport>;
}
export type EvidenceKind = keyof EvidenceOf;

/** The newest of each kind is kept: whoever writes it again writes the same, or that of a later guest. */
export interface EvidenceStore {
  keep<Kind extends EvidenceKind>(requestId: string, kind: Kind, evidence: EvidenceOf[Kind]): Promise<void>;
  find<Kind extends EvidenceKind>(requestId: string, kind: Kind): Promise<EvidenceOf[Kind] | undefined>;
  /** Everything of a request: how many there were. */
  erase(requestId: string): Promise<number>;
}

export const maxConsoleChars = 16_384;

export function openEvidenceStore(table: Table): EvidenceStore {
  return {
    async keep(requestId, kind, evidence) {
      // A report unpacks to some hundred KB, DynamoDB takes 400 KB an item: it rests packed.
      const packed = gzipSync(JSON.stringify(evidence)).toString("base64");
      await table.update(key(requestId, kind), { packed, requestId, schemaVersion: 1 }, always);
    },
    async find(requestId, kind) {
      const item = await table.get(key(requestId, kind));
      return item && JSON.parse(gunzipSync(Buffer.from(String(item.packed), "base64")).toString("utf8"));
    },
    async erase(requestId) {
      const kinds: EvidenceKind[] = ["clean", "verify"];
      const gone = await Promise.all(kinds.map((kind) => table.delete(key(requestId, kind), present("id"))));
      return gone.filter(Boolean).length;
    },
  };
}

function key(requestId: string, kind: EvidenceKind): string {
  return `evidence#${requestId}#${kind}`;
}
