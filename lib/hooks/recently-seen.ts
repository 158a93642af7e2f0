// Ids that were seen lately, in this process' memory and no more than so many: whoever sends twice is usually answered by the same process.

export interface RecentlySeen {
  has(id: string): boolean;
  /** The oldest is forgotten where there are too many. */
  add(id: string): void;
}

export function recentlySeen(max: number): RecentlySeen {
  const ids = new Set<string>();
  return {
    has: (id) => ids.has(id),
    add(id) {
      ids.delete(id);
      ids.add(id);
      const [oldest] = ids;
      if (ids.size > max && oldest !== undefined) ids.delete(oldest);
    },
  };
}
