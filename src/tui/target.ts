import type { Style } from './cells.ts';

/** What tokenpak may add to a request: the overhead's p99, in milliseconds. */
export const overheadTargetMs = 20;

/** How a p99 of the overhead is to be judged. */
export function verdictStyle(p99Ms: number): Style {
  return p99Ms < overheadTargetMs ? 'good' : 'bad';
}
