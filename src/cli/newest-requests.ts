import type { createLedgerReader } from '../proxy/ledger/index.ts';
import type { EndedRequest } from './request-line.ts';
import type { FilteredRequest } from './request-filter.ts';

export type LedgerReader = ReturnType<typeof createLedgerReader>;

/** A finished request, as ledger and `/events` tell of it: as far as `logs` looks at it. */
export type LoggedRequest = EndedRequest & FilteredRequest & { readonly id: string };

export interface NewestOptions {
  readonly limit: number;
  readonly since: number | undefined;
  readonly isWanted: (request: LoggedRequest) => boolean;
}

/** A time in which nobody told what happens; Unix milliseconds. */
export interface Silence {
  readonly since: number;
  /** Since when somebody listens, before and after it. */
  readonly followedSince: number;
}

/** Longer than nearly every request takes: one that ended lately has begun since then. */
const longestMs = 30 * 60_000;
const maxMissed = 100_000;

/** The requests that ended in a silence, and those that a crash has ended, whose end nobody knows; oldest first. */
export function missedRequests(
  reader: Pick<LedgerReader, 'records'>,
  { since, followedSince }: Silence,
): Promise<LoggedRequest[]> {
  return newestRequests(reader, {
    ...{ limit: maxMissed, since: since - longestMs },
    isWanted: ({ time, outcome, latency_ms: latency }) => {
      const begun = Date.parse(time);
      return outcome === 'crash_unknown' ? begun >= followedSince : begun + (latency.total ?? 0) >= since;
    },
  });
}

/**
 * The newest requests of the ledger that are wanted, oldest first. It reads backwards and stops as soon as it has them;
 * of the others it keeps nothing.
 */
export async function newestRequests(
  reader: Pick<LedgerReader, 'records'>,
  options: NewestOptions,
): Promise<LoggedRequest[]> {
  const { limit, since, isWanted } = options;
  const newest: LoggedRequest[] = [];
  if (limit === 0) return newest;
  const told = new Set<string>();
  for await (const { type, request } of reader.records({
    order: 'newest first',
    ...(since !== undefined && { since }),
  })) {
    const logged = request as unknown as LoggedRequest;
    // A correction stands behind the record that it replaces, so backwards it comes first.
    if (told.delete(logged.id)) continue;
    if (type === 'correction') told.add(logged.id);
    if (!isWanted(logged)) continue;
    newest.push(logged);
    if (newest.length === limit) break;
  }
  return newest.reverse();
}
