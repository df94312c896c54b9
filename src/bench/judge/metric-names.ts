import type { SlaTarget } from './sla.ts';

/** What is measured of most things that are measured. */
const points = ['p50', 'p95', 'p99', 'p999', 'error_rate', 'rps', 'in_flight'];

/** Names that a run may have: those of the targets, and further points of the same things. */
export function metricNames(targets: readonly SlaTarget[]): string[] {
  const things = new Set(targets.flatMap(({ metric }) => thingsOf(metric.split('.'))));
  const others = [...things].flatMap((thing) => points.map((point) => `${thing}.${point}`));
  return [...new Set([...targets.map(({ metric }) => metric), ...others])];
}

/** `loaded.overhead.p99`: `loaded.overhead` and `loaded`. */
function thingsOf(words: readonly string[]): string[] {
  return words.slice(1).map((_, index) => words.slice(0, index + 1).join('.'));
}
