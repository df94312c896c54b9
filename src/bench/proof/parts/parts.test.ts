import { describe, expect, it } from 'vitest';
import { Findings } from '../findings.ts';
import { Histogram } from '../histogram.ts';
import { mixShares } from '../plan.ts';
import type { LoadOutcome } from '../proof-jobs.ts';
import { defaultProofOptions } from '../proof-options.ts';
import type { LoadWish, PacedBench, ProofBench, Side } from '../proof-bench.ts';
import { brokenBy } from '../run-parts.ts';
import { judgeLoaded, judgeSaturated } from './concurrency.ts';
import { paced } from './paced.ts';
import { faultOf, ramp } from './ramp.ts';

function outcome(ms: number, more: Partial<LoadOutcome> = {}): LoadOutcome {
  const histogram = new Histogram();
  for (let n = 0; n < 1000; n += 1) histogram.add(ms);
  return {
    ...{ count: 1000, errors: 0, firstError: null, invalidJson: 0, elapsedMs: 1000, late: 0, inFlight: 100 },
    ...{ latency: histogram.data(), bySecond: [], firstByte: null, gaps: null, lateness: null },
    ...more,
  };
}

interface Asked {
  readonly side: Side;
  readonly wish: LoadWish;
}

/** A bench whose load is answered by a script. */
function scripted(answer: (asked: Asked) => LoadOutcome, options: Partial<ProofBench['options']> = {}) {
  const log: Asked[] = [];
  const findings = new Findings();
  const bench: PacedBench & Pick<ProofBench, 'direct'> = {
    options: { ...defaultProofOptions, ...options },
    findings,
    direct: { target: 'direct', port: 1, pid: 1 },
    proxied: { target: 'proxied', port: 2, pid: 2, accessKey: undefined, sent: 0 },
    progress: () => undefined,
    load(side, wish) {
      log.push({ side, wish });
      return Promise.resolve(answer({ side, wish }));
    },
  };
  return { bench: bench as ProofBench, findings, log };
}

describe('paced load', () => {
  const messages = mixShares.filter(({ workload }) => workload === 'passthrough');

  it('goes directly and through the proxy in turn, beginning with the other one each round', async () => {
    const { bench, log } = scripted(() => outcome(1));
    await paced(bench, messages);
    const sides = ['direct', 'proxied', 'proxied', 'direct', 'direct', 'proxied'];
    expect(log.map(({ side }) => side.target)).toEqual(sides);
  });

  it('has the same times in both halves of a pair, and others in the next', async () => {
    const { bench, log } = scripted(() => outcome(1), { arrival: 'poisson', runs: 2 });
    await paced(bench, messages);
    const seeds = log.map(({ wish }) => (wish.kind === 'open' ? wish.seed : null));
    expect(seeds).toEqual([1, 1, 1001, 1001]);
  });

  it('gives each workload its share of the rate and of the time', async () => {
    const { bench, log } = scripted(() => outcome(1), { runs: 1, perSecond: 100, seconds: 30 });
    await paced(bench, mixShares);
    const large = log.find(({ wish }) => wish.workload === 'large-1m')?.wish;
    expect(large).toMatchObject({ kind: 'open', perSecond: 5, seconds: 10 });
    expect(log.filter(({ wish }) => wish.workload === 'health')).toHaveLength(1);
  });

  it('counts answers that are no JSON, and errors of all workloads', async () => {
    const isStats = (asked: Asked): boolean => asked.wish.workload === 'stats';
    const { bench, findings } = scripted((asked) => outcome(1, isStats(asked) ? { errors: 8, invalidJson: 2 } : {}), {
      runs: 1,
    });
    await paced(bench, mixShares);
    expect(findings.metrics['json.invalid']?.value).toBe(2);
    expect(findings.metrics['errors.rate']?.value).toBeCloseTo(8 / 8000);
    expect(findings.metrics['stats.error_rate']?.value).toBeCloseTo(0.008);
  });
});

describe('100 at a time', () => {
  it('cost what the proxied take more than the direct', () => {
    const findings = new Findings();
    judgeLoaded(findings, [outcome(50)], [outcome(54)]);
    expect(findings.metrics['loaded.overhead.p99']?.value).toBeCloseTo(4, 1);
    expect(findings.metrics['loaded.in_flight']?.value).toBe(100);
  });

  it('have no figure where fewer than 90 were on their way', () => {
    const findings = new Findings();
    judgeLoaded(findings, [outcome(50)], [outcome(54, { inFlight: 89 })]);
    judgeSaturated(findings, [outcome(1, { inFlight: 12 })], [outcome(2)]);
    expect(Object.keys(findings.metrics)).toEqual(['loaded.in_flight', 'saturated.in_flight']);
    expect(findings.notes.size).toBe(2);
  });

  it('are judged by the bare relay of the same round where the mock is the limit', () => {
    const findings = new Findings();
    judgeSaturated(findings, [outcome(10), outcome(10), outcome(10)], [outcome(15), outcome(12), outcome(90)]);
    expect(findings.metrics['saturated.p99_ratio']?.value).toBeCloseTo(1.5, 2);
    expect(findings.metrics['saturated.p99_ratio']?.interval).toBeNull();
  });

  it('have an interval of the ratio where there are enough rounds for one', () => {
    const findings = new Findings();
    const five = [1, 2, 3, 4, 5];
    judgeSaturated(
      findings,
      five.map(() => outcome(10)),
      five.map((ms) => outcome(ms * 10)),
    );
    const { low, high } = findings.metrics['saturated.p99_ratio']?.interval ?? { low: 0, high: 0 };
    expect([Math.round(low), Math.round(high)]).toEqual([1, 5]);
  });
});

describe('a ramp', () => {
  const limits = [{ metric: 'messages.p99', unit: 'ms', pass: { operator: '<' as const, value: 20 } }];
  const broken = brokenBy(limits);
  const answerAt = (breaksAt: number) => {
    return ({ wish }: Asked): LoadOutcome => {
      const perSecond = wish.kind === 'open' ? wish.perSecond : 0;
      return outcome(perSecond >= breaksAt ? 30 : 5, { count: perSecond, elapsedMs: 1000 });
    };
  };

  it('doubles the rate until a limit is broken, and names the last that held', async () => {
    const { bench, findings, log } = scripted(answerAt(800), { perSecond: 100 });
    await ramp(bench, 5, broken);
    expect(log.map(({ wish }) => (wish.kind === 'open' ? wish.perSecond : null))).toEqual([100, 200, 400, 800]);
    expect(findings.metrics['capacity.rps']?.value).toBeCloseTo(400);
    expect(findings.metrics['ramp.last_held']?.value).toBe(400);
    expect([...findings.notes].at(-1)).toBe('ramp: at 800 requests/s: messages.p99 was 30.00 ms');
  });

  it('says nothing where not even the first rate held', async () => {
    const { bench, findings } = scripted(answerAt(1), { perSecond: 100 });
    await ramp(bench, 5, broken);
    expect([...findings.invalid]).toEqual(['not even 100 requests/s held']);
    expect(findings.metrics['capacity.rps']).toBeUndefined();
  });

  it('ends where the load itself falls behind, requests fail or fewer are answered', () => {
    expect(faultOf(outcome(1, { late: 11 }), 1000, broken)).toBe('the load was the limit: 1.1 % were sent late');
    expect(faultOf(outcome(1, { errors: 11 }), 1000, broken)).toBe('1.1 % of the requests failed');
    expect(faultOf(outcome(1, { elapsedMs: 1100 }), 1000, broken)).toBe('only 909 of 1000 requests/s were answered');
    expect(faultOf(outcome(1), 1000, broken)).toBeNull();
  });
});
