// How often somebody called lately, counted in this instance's memory: for what would cost less than a write to the table.

export interface RecentCalls {
  /** Counts one call against `key`, of which `limit` are free in every window of `windowMs`; otherwise what is left of the window, in ms. */
  count(key: string, limit: number, windowMs: number, nowMs: number): { waitMs?: number };
  /** The same without counting: is any free? */
  look(key: string, limit: number, nowMs: number): { waitMs?: number };
}

/** So many callers are remembered; of more, those are forgotten first who were counted first. */
const maxKept = 10_000;

export function openRecentCalls(): RecentCalls {
  const windows = new Map<string, { count: number; endsMs: number }>();
  const look: RecentCalls["look"] = (key, limit, nowMs) => {
    const window = windows.get(key);
    return window && window.endsMs > nowMs && window.count >= limit ? { waitMs: window.endsMs - nowMs } : {};
  };
  return {
    look,
    count(key, limit, windowMs, nowMs) {
      const full = look(key, limit, nowMs);
      if (full.waitMs !== undefined) return full;
      const window = windows.get(key);
      if (window && window.endsMs > nowMs) {
        window.count += 1;
        return {};
      }
      windows.delete(key);
      const [oldest] = windows.keys();
      if (windows.size >= maxKept && oldest !== undefined) windows.delete(oldest);
      windows.set(key, { count: 1, endsMs: nowMs + windowMs });
      return {};
    },
  };
}
