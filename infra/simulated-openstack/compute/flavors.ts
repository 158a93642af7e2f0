// Flavors: the sizes that servers come in.
import { own } from "../bodies.ts";
import type { Answer } from "../http.ts";
import type { ComputeCall, ComputeRoute } from "./call.ts";
import type { FlavorRecord } from "./records.ts";
import { refuse } from "./refusals.ts";
import { limitOf } from "./server-list.ts";
import { linksOf } from "./server-view.ts";

export const flavorRoutes: ComputeRoute[] = [
  ["GET", "/v2.1/flavors", (call) => list(call, "flavors")],
  ["GET", "/v2.1/flavors/detail", (call) => list(call, "flavors/detail")],
  ["GET", "/v2.1/flavors/{flavorId}", (call) => ({ status: 200, json: { flavor: flavorView(call, find(call)) } })],
  [
    "GET",
    "/v2.1/flavors/{flavorId}/os-extra_specs",
    (call) => ({ status: 200, json: { extra_specs: find(call).extraSpecs } }),
  ],
];

function list(call: ComputeCall, path: "flavors" | "flavors/detail"): Answer {
  const { core, request } = call;
  const limit = limitOf(call);
  const all = Object.values(core.state.flavors).sort((a, b) => (a.id < b.id ? -1 : 1));
  const marker = request.query.get("marker");
  const after = marker === null ? 0 : all.findIndex(({ id }) => id === marker) + 1;
  if (marker !== null && after === 0) throw refuse(400, `marker [${marker}] not found`);
  const page = all.slice(after, after + limit);
  const shown = page.map((flavor) =>
    path === "flavors"
      ? {
          id: flavor.id,
          name: flavor.name,
          ...(call.minor >= 55 && { description: null }),
          links: linksOf(call, "flavors", flavor.id),
        }
      : flavorView(call, flavor),
  );
  const last = page.at(-1);
  if (!last || page.length < limit) return { status: 200, json: { flavors: shown } };
  const next = new URLSearchParams(request.query);
  next.set("marker", last.id);
  const href = `${core.baseUrl}/compute/v2.1/${path}?${next}`;
  return { status: 200, json: { flavors: shown, flavors_links: [{ rel: "next", href }] } };
}

/** `swap` is a text while there is none, until 2.75; description came with 2.55, extra specs with 2.61. */
function flavorView(call: ComputeCall, flavor: FlavorRecord): Record<string, unknown> {
  const { minor } = call;
  return {
    id: flavor.id,
    name: flavor.name,
    ram: flavor.ramMib,
    disk: flavor.diskGib,
    swap: flavor.swapMib === 0 && minor < 75 ? "" : flavor.swapMib,
    "OS-FLV-EXT-DATA:ephemeral": flavor.ephemeralGib,
    "OS-FLV-DISABLED:disabled": false,
    vcpus: flavor.vcpus,
    "os-flavor-access:is_public": true,
    rxtx_factor: 1.0,
    links: linksOf(call, "flavors", flavor.id),
    ...(minor >= 55 && { description: null }),
    ...(minor >= 61 && { extra_specs: flavor.extraSpecs }),
  };
}

function find({ core, parameters }: ComputeCall): FlavorRecord {
  const flavor = own(core.state.flavors, parameters.flavorId ?? "");
  if (!flavor) throw refuse(404, `Flavor ${parameters.flavorId} could not be found.`);
  return flavor;
}
