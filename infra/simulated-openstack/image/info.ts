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

/**
 * 413 for one upload larger than any image may be, or than what its project may have in all; once the sum is over a unified limit, where what carries it over is let
 * through (glance/quota/keystone.py: soft limits).
 */
export function checkSize(call: ImageCall, bytes: number): void {
  const { sizeCapBytes, userStorageBytes } = call.core.state.imageQuota;
  if (bytes > sizeCapBytes) throw refuse(413, "The incoming image is too large: The provided image is too large.");
  const remaining = userStorageBytes - usageOf(call).bytes;
  if (userStorageBytes > 0 && bytes > remaining) {
    throw refuse(
      413,
      `Image exceeds the storage quota: The size of the data ${bytes} will exceed the limit. ${remaining} bytes remaining.`,
    );
  }
  const limits = call.core.state.imageLimits;
  if (limits && usageOf(call).sizeMib > limits.sizeTotalMib)
    throw overLimit(call, "image_size_total", limits.sizeTotalMib, usageOf(call).sizeMib);
}

const overLimit = ({ viewer }: ImageCall, name: string, limit: number, used: number) =>
  refuse(
    413,
    `Project ${viewer.projectId} is over a limit for [Resource ${name} is over limit of ${limit} due to current usage ${used} and delta 1]`,
  );

function usageOf({ core, viewer }: ImageCall): { count: number; uploading: number; bytes: number; sizeMib: number } {
  const own = Object.values(core.state.images).filter(({ owner }) => owner === viewer.projectId);
  const bytes = own.reduce((sum, { sizeBytes }) => sum + (sizeBytes ?? 0), 0);
  return {
    count: own.length,
    uploading: own.filter(({ status }) => status === "queued" || status === "saving").length,
    bytes,
    sizeMib: Math.ceil(bytes / 2 ** 20),
  };
}
