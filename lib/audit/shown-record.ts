// An audit record as callers see it.
import type { AuditRecord } from "./audit-record.ts";

export function shownRecord({ schemaVersion: _, ...record }: AuditRecord) {
  return record;
}
