import type { RequestRecord } from '../record.ts';
import type { LiveUsage } from './reading.ts';

/** What exchanges on their way have used so far. It costs nothing until somebody asks. */
export interface UsageProgress {
  /** @param live Tells what is known by then. */
  readonly follow: (record: RequestRecord, live: () => LiveUsage) => void;
  readonly forget: (record: RequestRecord) => void;
  /** Null for an exchange whose usage is not followed, and for one that is over. */
  readonly of: (record: RequestRecord) => LiveUsage | null;
}

export function usageProgress(): UsageProgress {
  const followed = new WeakMap<RequestRecord, () => LiveUsage>();
  return {
    follow: (record, live) => void followed.set(record, live),
    // Records are kept for a while; the bodies that their readers hold must not be.
    forget: (record) => void followed.delete(record),
    of: (record) => (record.outcome === null ? (followed.get(record)?.() ?? null) : null),
  };
}
