import type { Baseline } from '../judge/baseline.ts';
import { compareRuns } from '../judge/compare.ts';
import { lateReason } from '../proof/gate.ts';
import { Histogram } from '../proof/histogram.ts';
import type { LoadOutcome } from '../proof/proof-jobs.ts';
import { quantileInterval } from '../proof/quantile-interval.ts';

/** What a check of the benchmark itself has found. */
export interface CheckResult {
  readonly name: string;
  readonly found: string;
  readonly passes: boolean;
}

/** What the mock of each check does. */
export const paces = {
  fixed: { delayMs: 50, stall: null },
  stalling: { delayMs: 5, stall: { everyMs: 10_000, ms: 1000 } },
} as const;

/** More than this is not the mock's, and less cannot be but for the width of the histogram's slots, a thousandth. */
const fixedMs = { low: 49.95, high: 52 };
/** A tenth of all requests falls into a stall and waits up to a second for its end: nine tenths of that, at p99. */
const stallP99Ms = { low: 800, high: 1100 };
/** As of `tokenpak bench --tolerance`. */
const tolerance = 0.2;

const inMs = (ms: number): string => `${ms.toFixed(2)} ms`;

/** What makes the figures of a check worth nothing, whatever they are. */
function problem({ count, late, errors, firstError }: LoadOutcome): string {
  const reasons = [
    errors === 0 ? null : `${errors} errors, the first: ${firstError}`,
    lateReason({ sent: count, late }),
  ];
  return reasons.flatMap((reason) => (reason === null ? [] : `; ${reason}`)).join('');
}

/** A mock that takes 50 ms reads 50 ms: not less, and not much more. */
export function checkFixed(outcome: LoadOutcome): CheckResult {
  const { p50, p99, max } = Histogram.from(outcome.latency).percentiles();
  return {
    name: 'a mock of 50 ms reads 50 to 52 ms',
    found: `p50 ${inMs(p50)} (p99 ${inMs(p99)}, max ${inMs(max)})${problem(outcome)}`,
    passes: outcome.errors === 0 && p50 >= fixedMs.low && p50 <= fixedMs.high,
  };
}

/** A load that waits for answers before it asks again would see one slow request in ten seconds. */
export function checkStall(outcome: LoadOutcome): CheckResult {
  const { p50, p99 } = Histogram.from(outcome.latency).percentiles();
  return {
    name: 'a stall of 1 s each 10 s shows in p99',
    found: `p50 ${inMs(p50)}, p99 ${inMs(p99)}${problem(outcome)}`,
    passes: outcome.errors === 0 && p99 >= stallP99Ms.low && p99 <= stallP99Ms.high,
  };
}

export function checkLate(outcome: LoadOutcome): CheckResult {
  const reason = lateReason({ sent: outcome.count, late: outcome.late });
  return {
    name: 'late sends make a run INVALID',
    found: `${outcome.late} of ${outcome.count} sent late: ${reason === null ? 'valid' : 'INVALID'}`,
    passes: reason !== null,
  };
}

/** A baseline of nothing but the latency of messages. Where it was made does not matter, if it is the same for all. */
function baselineOf(outcome: LoadOutcome): Baseline {
  const latency = Histogram.from(outcome.latency);
  const metric = (share: number): Baseline['metrics'][string] => ({
    ...{ value: latency.quantile(share), unit: 'ms', interval: quantileInterval(latency, share) },
  });
  const place = {
    node: process.versions.node,
    platform: process.platform,
    cpu: '',
    cores: 0,
    memory_mb: 0,
    commit: null,
  };
  const load = {
    profile: null,
    scale: 1,
    mode: 'open',
    per_second: 0,
    connections: 0,
    arrival: 'even',
    mock_delay_ms: 0,
  };
  return {
    version: 1,
    run: { version: '', at: '', ...place, ...load },
    metrics: { 'messages.p50': metric(0.5), 'messages.p99': metric(0.99) },
  };
}

export function checkSlowed(before: LoadOutcome, slowed: LoadOutcome): CheckResult {
  const { results } = compareRuns(baselineOf(before), baselineOf(slowed), { tolerance, targets: [] });
  const failed = results.filter(({ verdict }) => verdict === 'fail').map(({ metric }) => metric);
  const medianOf = (outcome: LoadOutcome): string => inMs(Histogram.from(outcome.latency).quantile(0.5));
  const verdict = failed.length === 0 ? 'pass' : `fail by ${failed.join(' and ')}`;
  return {
    name: 'a slowed proxy fails against its baseline',
    found: `p50 ${medianOf(before)} -> ${medianOf(slowed)}: ${verdict}${problem(before)}${problem(slowed)}`,
    passes: failed.length > 0,
  };
}
