import type { Estimate } from './statistics.ts';

/** What a value must be. `fault`: beyond this it is not just missed, but something is broken. */
export type Limit =
  | { readonly kind: 'at least'; readonly value: number; readonly fault?: number }
  | { readonly kind: 'at most'; readonly value: number };

/** What is judged of a measure: a ratio or the value itself. */
interface Judged {
  readonly what: string;
  readonly estimate: Estimate;
  readonly limit: Limit | null;
}

/** One line of the report. A figure is null where that target was not measured. */
export interface Measure {
  readonly name: string;
  readonly unit: string;
  readonly direct: number | null;
  readonly bareRelay: number | null;
  readonly tokenpak: number | null;
  readonly judged: Judged | null;
}

/** `fault` is a miss by far; `unknown`: there is no value to judge. */
export type Judgement = 'pass' | 'fail' | 'fault' | 'unknown';

export function judge(value: number, limit: Limit): Judgement {
  if (Number.isNaN(value)) return 'unknown';
  if (limit.kind === 'at most') return value <= limit.value ? 'pass' : 'fail';
  if (value >= limit.value) return 'pass';
  return limit.fault !== undefined && value < limit.fault ? 'fault' : 'fail';
}

/** Null for a measure that is only shown. */
export function judgementOf(measure: Measure): Judgement | null {
  const { judged } = measure;
  return judged?.limit ? judge(judged.estimate.median, judged.limit) : null;
}

export type Verdict = 'PASS' | 'FAIL' | 'INVALID';

/** A run with a reason against it says nothing, whatever its figures are. */
export function verdictOf(measures: readonly Measure[], invalid: readonly string[]): Verdict {
  const judgements = measures.map(judgementOf);
  if (invalid.length > 0 || judgements.includes('unknown')) return 'INVALID';
  return judgements.includes('fail') || judgements.includes('fault') ? 'FAIL' : 'PASS';
}
