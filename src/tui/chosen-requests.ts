import { allTokens, parseFilter } from './filter.ts';
import type { RequestRow } from './state.ts';
import type { SortKey, View } from './view.ts';

const sortValues: Readonly<Record<SortKey, (row: RequestRow) => number | null>> = {
  time: (row) => row.time,
  cost: (row) => row.costUsd,
  total: (row) => row.totalMs,
  tokens: allTokens,
  status: (row) => row.status,
};

/**
 * The requests that the filter lets through, the largest first (which is the newest, by time). What is not known
 * stands last, whichever way round; a filter that cannot be read lets all through.
 */
export function chosenRequests(
  requests: readonly RequestRow[],
  { filter, sort, reversed }: Pick<View, 'filter' | 'sort' | 'reversed'>,
): readonly RequestRow[] {
  const parsed = parseFilter(filter);
  const kept = 'problem' in parsed || filter.trim() === '' ? requests : requests.filter((row) => parsed.matches(row));
  const valueOf = sortValues[sort];
  const sign = reversed ? -1 : 1;
  return kept.toSorted((a, b) => {
    const [first, second] = [valueOf(a), valueOf(b)];
    if (first === null || second === null) return Number(first === null) - Number(second === null);
    return sign * (second - first);
  });
}
