// Lists of volumes and snapshots: which, in what order, how many at a time.
import { isObject, parseJson, pythonStr } from "../bodies.ts";
import type { Answer } from "../http.ts";
import { isTheirs, type VolumeCall } from "./call.ts";
import { noSuch, refuse } from "./refusals.ts";

type Listed = {
  id: string;
  name: string | null;
  projectId: string;
  metadata: Record<string, string>;
  sequence: number;
};

const maxLimit = 1000;

/**
 * The newest first; a `next` where the page is full. A filter that Cinder does not know is dropped for members (measured on Zed). `statusOf` because a volume's
 * status depends on who uses it.
 */
export function listAnswer<Item extends Listed>(
  call: VolumeCall,
  name: "volumes" | "snapshots",
  items: Item[],
  options: { statusOf(item: Item): string; byMetadata: boolean; view(item: Item): unknown },
): Answer {
  const { core, request, caller } = call;
  const { query } = request;
  const everybodys = caller.isAdmin && ["1", "true"].includes((query.get("all_tenants") ?? "").toLowerCase());
  const metadata = options.byMetadata ? metadataOf(query.get("metadata")) : {};
  const wanted = { name: query.get("name"), status: query.get("status"), volumeId: query.get("volume_id") };
  const all = items
    .filter((item) => (everybodys ? isTheirs(call, item) : item.projectId === call.projectId))
    .filter((item) => wanted.name === null || item.name === wanted.name)
    .filter((item) => wanted.status === null || options.statusOf(item) === wanted.status)
    .filter((item) => wanted.volumeId === null || !("volumeId" in item) || item.volumeId === wanted.volumeId)
    .filter((item) => metadata && Object.entries(metadata).every(([key, value]) => item.metadata[key] === value))
    .sort((a, b) => b.sequence - a.sequence);
  const page = all.slice(afterMarker(name, query.get("marker"), all)).slice(0, limitOf(query.get("limit")));
  const full = query.has("limit") && page.length > 0 && page.length === limitOf(query.get("limit"));
  const next = new URLSearchParams(query);
  next.set("marker", page.at(-1)?.id ?? "");
  const href = `${core.baseUrl}${request.fullPath.split("?")[0]}?${next}`;
  return {
    status: 200,
    json: { [name]: page.map(options.view), ...(full && { [`${name}_links`]: [{ rel: "next", href }] }) },
  };
}

/** JSON, or Python's own way of writing a dictionary: both are understood; what is neither fits nothing (measured on Zed). */
function metadataOf(text: string | null): Record<string, string> | undefined {
  if (text === null) return {};
  const found = parseJson(Buffer.from(text)) ?? parseJson(Buffer.from(text.replaceAll("'", '"')));
  if (!isObject(found)) return undefined;
  return Object.fromEntries(Object.entries(found).map(([key, value]) => [key, pythonStr(value)]));
}

function limitOf(limit: string | null): number {
  if (limit === null) return maxLimit;
  if (!/^-?\d+$/.test(limit)) throw refuse(400, "limit param must be an integer");
  if (Number(limit) < 0) throw refuse(400, "limit param must be positive");
  return Math.min(maxLimit, Number(limit));
}

function afterMarker(name: "volumes" | "snapshots", marker: string | null, all: Listed[]): number {
  if (marker === null) return 0;
  const index = all.findIndex(({ id }) => id === marker);
  if (index < 0) throw noSuch(name === "volumes" ? "Volume" : "Snapshot", marker);
  return index + 1;
}
