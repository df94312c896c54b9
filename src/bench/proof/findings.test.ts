import { describe, expect, it } from 'vitest';
import { intervalLess, percentilesLess } from './difference.ts';
import { Findings } from './findings.ts';
import { Histogram } from './histogram.ts';
import type { LoadOutcome } from './proof-jobs.ts';
import { clientOverhead, picturesOf, rateOf } from './report-parts.ts';

const histogramOf = (times: readonly number[]): Histogram => {
  const histogram = new Histogram();
  for (const ms of times) histogram.add(ms);
  return histogram;
};

const outcome = (times: readonly number[], more: Partial<LoadOutcome> = {}): LoadOutcome => ({
  ...{ count: times.length, errors: 0, firstError: null, invalidJson: 0, elapsedMs: 1000, late: 0, inFlight: 1 },
  latency: histogramOf(times).data(),
  bySecond: [histogramOf(times).data()],
  ...{ firstByte: null, gaps: null, lateness: histogramOf(times.map(() => 0.1)).data() },
  ...more,
});

const ramp = (from: number): number[] => Array.from({ length: 1000 }, (_, n) => from + n / 1000);

describe('rows', () => {
  it('add up over the jobs of a run', () => {
    const findings = new Findings();
    findings.add('passthrough', 'proxied', outcome([1, 2]));
    findings.add('passthrough', 'proxied', outcome([3], { count: 2, errors: 1, firstError: 'it broke' }));
    const [row] = findings.tallies.map((tally) => tally.row());
    expect(row).toMatchObject({ name: 'messages proxied', count: 4, errors: 1, ms: { max: 3 }, p99Interval: null });
    expect([...findings.notes]).toEqual(['messages proxied: the first error was: it broke']);
  });

  it('of streams are of their first byte', () => {
    const findings = new Findings();
    const firstByte = histogramOf([1]).data();
    findings.add('stream', 'direct', outcome([250], { firstByte, gaps: histogramOf([50]).data() }));
    expect(findings.tally('stream', 'direct')?.latency.maxMs).toBe(1);
  });

  it('put several seconds of a long run into one point', () => {
    const findings = new Findings();
    const bySecond = [[1], [2], [3]].map((times) => histogramOf(times).data());
    findings.add('passthrough', 'proxied', outcome([1, 2, 3], { bySecond }), 2);
    expect(picturesOf(findings).timeline.map(({ second, count }) => [second, count])).toEqual([
      [0, 2],
      [1, 1],
    ]);
  });
});

describe('figures', () => {
  it('that are no numbers are not there', () => {
    const findings = new Findings();
    findings.metric('nothing', NaN, 'ms');
    findings.percentiles('empty', new Histogram());
    expect(findings.metrics).toEqual({});
  });

  it('of the client are the proxied less the direct, percentile by percentile', () => {
    const findings = new Findings();
    findings.add('passthrough', 'direct', outcome(ramp(1)));
    findings.add('passthrough', 'proxied', outcome(ramp(4)));
    findings.pacedSpans.push({ from: 0, to: 1 });
    const client = clientOverhead(findings);
    expect(client?.p50).toBeCloseTo(3, 1);
    const interval = findings.metrics['overhead.client.p99']?.interval;
    expect(interval?.low).toBeLessThan(3);
    expect(interval?.high).toBeGreaterThan(3);
  });

  it('of the client are none where a closed loop only was run', () => {
    const findings = new Findings();
    findings.add('passthrough', 'direct', outcome(ramp(1), { lateness: null }));
    findings.add('passthrough', 'proxied', outcome(ramp(4), { lateness: null }));
    expect(clientOverhead(findings)).toBeNull();
    expect(rateOf(findings, 100, new Histogram())).toBeNull();
  });

  it('may be below 0 where there is only noise', () => {
    const [more, less] = [histogramOf(ramp(1)), histogramOf(ramp(2))];
    expect(percentilesLess(more.percentiles(), less.percentiles()).p50).toBeCloseTo(-1, 1);
    expect(intervalLess(more, less, 0.5)?.high).toBeLessThan(0);
  });

  it('have no interval where one of both has none', () => {
    expect(intervalLess(histogramOf([1, 2]), histogramOf(ramp(1)), 0.99)).toBeNull();
  });

  it('of the rate are of those workloads that were sent at the full rate', () => {
    const findings = new Findings();
    findings.add('health', 'proxied', outcome(Array.from({ length: 90 }, () => 1)));
    findings.add('large-1m', 'proxied', outcome([1], { late: 1 }));
    const rate = rateOf(findings, 100, histogramOf([0.1]));
    expect(rate).toMatchObject({ offeredPerSecond: 100, achievedPerSecond: 90 });
    expect(rate?.lateShare).toBeCloseTo(1 / 91);
  });
});

describe('the percentile curve', () => {
  it('has no point that no request stands for, but ends with the slowest', () => {
    const findings = new Findings();
    findings.add('passthrough', 'direct', outcome(Array.from({ length: 100 }, (_, n) => n)));
    const { curve } = picturesOf(findings);
    expect(curve.slice(-2).map(({ quantile }) => quantile)).toEqual([0.99, 1]);
    expect(curve.at(-1)?.ms).toBe(99);
  });
});
