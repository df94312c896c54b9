import type { BaselineResult, Interval } from '../proof/proof-report.ts';
import type { Baseline } from './baseline.ts';
import type { SlaTarget } from './sla.ts';

/** Two runs beside each other. */
export interface Comparison {
  readonly sameMachine: boolean;
  readonly results: readonly BaselineResult[];
  /** What is not compared, and why. */
  readonly notes: readonly string[];
}

/** How two runs are compared. */
export interface ComparisonRules {
  /** By how much a figure may be worse: 0.2 for 20 %. */
  readonly tolerance: number;
  /** They tell which way is better. */
  readonly targets: readonly SlaTarget[];
}

type Figure = Baseline['metrics'][string];
type RunKey = keyof Baseline['run'];

const machine: readonly RunKey[] = ['platform', 'cpu', 'cores', 'memory_mb'];
const load: readonly RunKey[] = ['profile', 'scale', 'mode', 'per_second', 'connections', 'arrival', 'mock_delay_ms'];
/** Single slow requests decide these: they say nothing about two runs. */
const singleRequests = /\.(?:max|p999)$/u;
/** What two runs of the same program on the same machine cannot tell apart. */
const smallestMs = 0.05;

/** Compares latencies, rates and ratios of two runs with the same load on the same machine; of others, ratios alone. */
export function compareRuns(before: Baseline, now: Baseline, rules: ComparisonRules): Comparison {
  const [sameMachine, sameLoad] = [isSame(before, now, machine), isSame(before, now, load)];
  const units = sameMachine && sameLoad ? ['ms', '/s', 'ratio'] : ['ratio'];
  const wanted = Object.entries(before.metrics).filter(
    ([name, { unit, value }]) => units.includes(unit) && (value ?? 0) > 0 && !singleRequests.test(name),
  );
  const results = wanted.flatMap(([name, earlier]) => compareFigures(name, [earlier, now.metrics[name]], rules) ?? []);
  const missing = wanted.length - results.length;
  const notes = [
    ...(sameMachine ? [] : ['made on another machine: only ratios are compared']),
    ...(sameLoad ? [] : ['made with another load: only ratios are compared']),
    ...(before.run.node === now.run.node ? [] : [`made with Node ${before.run.node}, and this with ${now.run.node}`]),
    ...(missing > 0 ? [`not measured now: ${missing} of its figures`] : []),
    ...(results.length === 0 ? ['no figure could be compared'] : []),
  ];
  return { sameMachine, results, notes };
}

function isSame(before: Baseline, now: Baseline, keys: readonly RunKey[]): boolean {
  return keys.every((key) => {
    const [a, b] = [before.run[key], now.run[key]];
    // What the system keeps for itself differs from start to start.
    if (key === 'memory_mb') return Math.abs(Number(a) - Number(b)) <= Number(a) * 0.05;
    return a === b;
  });
}

/** Where the later figure has an interval, it is worse only if all of that is. Null: there is nothing to compare. */
function compareFigures(
  name: string,
  [earlier, later]: readonly [Figure, Figure | undefined],
  { tolerance, targets }: ComparisonRules,
): BaselineResult | null {
  const [before, now] = [earlier.value, later?.value ?? null];
  if (later?.unit !== earlier.unit || before === null || now === null) return null;
  const sign = isHigherBetter(name, earlier.unit, targets) ? -1 : 1;
  const worseAt = (value: number): number => (sign * (value - before)) / before;
  const kindest = later.interval === null ? now : kindestOf(later.interval, sign);
  const isTold = earlier.unit !== 'ms' || Math.abs(kindest - before) >= smallestMs;
  const verdict = isTold && worseAt(kindest) > tolerance ? 'fail' : 'pass';
  return { metric: name, before, now, worse: worseAt(now), limit: tolerance, verdict };
}

const kindestOf = ({ low, high }: Interval, sign: number): number => (sign > 0 ? low : high);

/** Of latencies and memory, less is better, of rates more; for the rest the target tells. */
function isHigherBetter(name: string, unit: string, targets: readonly SlaTarget[]): boolean {
  const target = targets.find(({ metric }) => metric === name);
  if (target !== undefined) return target.pass.operator.startsWith('>');
  return unit === '/s';
}
