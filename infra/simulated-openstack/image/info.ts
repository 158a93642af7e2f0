// What Glance tells of itself: quota, import methods, stores.
import type { Answer } from "../http.ts";
import type { ImageCall, ImageRoute } from "./call.ts";
import { refuse } from "./refusals.ts";

export const infoRoutes: ImageRoute[] = [
  ["GET", "/v2/info/usage", showUsage],
  ["GET", "/v2/info/import", () => ({ status: 200, json: { "import-methods": importMethods } })],
  ["GET", "/v2/info/stores", () => ({ status: 200, json: { stores: [{ id: "file", default: "true" }] } })],
];

const importMethods = {
  description: "Import methods available.",
  type: "array",
  value: ["glance-direct", "web-download", "copy-image"],
};

/** `{"usage": {}}` without unified limits (measured on Zed): the quota of images often cannot be known. */
function showUsage(call: ImageCall): Answer {
  const limits = call.core.state.imageLimits;
  if (!limits) return { status: 200, json: { usage: {} } };
  const used = usageOf(call);
  return {
    status: 200,
    json: {
      usage: {
        image_size_total: { limit: limits.sizeTotalMib, usage: used.sizeMib },
        image_stage_total: { limit: limits.stageTotalMib, usage: 0 },
        image_count_total: { limit: limits.countTotal, usage: used.count },
        image_count_uploading: { limit: limits.countUploading, usage: used.uploading },
      },
    },
  };
}

/** 413 for one image more than unified limits allow. */
export function checkCount(call: ImageCall): void {
  const limits = call.core.state.imageLimits;
  if (limits && usageOf(call).count + 1 > limits.countTotal)
    throw overLimit(call, "image_count_total", limits.countTotal, usageOf(call).count);
}

/** 413 once the sum is over the limit; what carries it over is let through (glance/quota/keystone.py: soft limits). */
export function checkSize(call: ImageCall): void {
  const limits = call.core.state.imageLimits;
  if (limits && usageOf(call).sizeMib > limits.sizeTotalMib)
    throw overLimit(call, "image_size_total", limits.sizeTotalMib, usageOf(call).sizeMib);
}

const overLimit = ({ viewer }: ImageCall, name: string, limit: number, used: number) =>
  refuse(
    413,
    `Project ${viewer.projectId} is over a limit for [Resource ${name} is over limit of ${limit} due to current usage ${used} and delta 1]`,
  );

function usageOf({ core, viewer }: ImageCall): { count: number; uploading: number; sizeMib: number } {
  const own = Object.values(core.state.images).filter(({ owner }) => owner === viewer.projectId);
  return {
    count: own.length,
    uploading: own.filter(({ status }) => status === "queued" || status === "saving").length,
    sizeMib: Math.ceil(own.reduce((sum, { sizeBytes }) => sum + (sizeBytes ?? 0), 0) / 2 ** 20),
  };
}
