import type { Style } from './cells.ts';

/** What tokenpak may add to a request: the overhead's p99, in milliseconds. */
export const overheadTargetMs = 20;

/** Of fewer requests, the slowest one in a hundred is just the slowest one. */
const judgedRequests = 100;

export interface Verdict {
  /** '' where too few were measured to say that they are slow. */
  readonly word: 'OK' | 'SLOW' | '';
  /** What is so. */
  readonly fact: string;
  readonly style: Style;
}

/** How the overhead of so many requests is to be judged by its p99. */
export function verdict(p99Ms: number, requests: number): Verdict {
  if (p99Ms < overheadTargetMs) return { word: 'OK', fact: `p99<${overheadTargetMs}`, style: 'good' };
  if (requests >= judgedRequests) return { word: 'SLOW', fact: `p99>${overheadTargetMs}`, style: 'bad' };
  return { word: '', fact: `max>${overheadTargetMs}`, style: 'warn' };
}
