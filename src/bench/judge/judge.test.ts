import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sampleReport } from '../../../test/support/proof-sample.ts';
import type { ProofReport, SlaResult } from '../proof/proof-report.ts';
import { baselineOf } from './baseline.ts';
import { conditionFrom } from './condition.ts';
import { judge, type Standards } from './judge.ts';
import { limitFrom } from './limit.ts';
import { readPublished } from './published.ts';
import { judgeSla, readSla, shippedSla, type SlaTarget } from './sla.ts';

const targets = readSla(shippedSla);

const standards = (changes: Partial<Standards> = {}): Standards => ({
  ...{ slaFile: 'templates/sla.json', targets, conditions: [], baseline: null, published: readPublished() },
  ...changes,
});

const against = (before: ProofReport, tolerance = 0.2): Standards =>
  standards({ baseline: { file: 'baseline.json', report: baselineOf(before), tolerance } });

const capacity: SlaTarget = {
  ...{ id: 'S2-1', name: 'capacity', metric: 'capacity.rps', unit: '/s' },
  ...{ pass: limitFrom('> 1000')!, investigate: limitFrom('< 800')!, fail: limitFrom('< 500')! },
};

function grade(value: number, target = capacity): SlaResult {
  const metrics = { [target.metric]: { value, unit: target.unit, interval: null } };
  return judgeSla([target], sampleReport({ metrics }))[0]!;
}

describe('a target', () => {
  it.each([
    [1001, 'pass', null],
    [1000, 'investigate', 'the limit itself, and no better'],
    [900, 'investigate', '100 /s short, -10.0%'],
    [700, 'investigate', '300 /s short, -30.0%'],
    [499, 'fail', '501 /s short, -50.1%'],
  ])('with three grades gives %d requests/s the grade %s', (value, verdict, reason) => {
    expect(grade(value)).toMatchObject({ id: 'S2-1', target: '> 1,000 /s', value, verdict, reason });
  });

  it('without grades fails whatever does not pass, and tells by how much', () => {
    const overhead = targets.find(({ metric }) => metric === 'overhead.p99')!;
    expect(grade(19.99, overhead).verdict).toBe('pass');
    expect(grade(23.2, overhead)).toMatchObject({ verdict: 'fail', reason: '3.20 ms over, +16.0%' });
  });

  it('is judged in its own unit only', () => {
    const metrics = { 'capacity.rps': { value: 5000, unit: 'ms', interval: null } };
    expect(judgeSla([capacity], sampleReport({ metrics }))[0]?.verdict).toBe('fail');
  });

  it('that nothing was measured for is told from one whose part does not exist', () => {
    const bySlaMetric = Object.fromEntries(judgeSla(targets, sampleReport()).map((result) => [result.metric, result]));
    expect(bySlaMetric['stats.p50']).toMatchObject({ verdict: 'not measured', value: null });
    expect(bySlaMetric['scenario_translation.rps']).toMatchObject({
      verdict: 'not available',
      reason: 'translation: not available yet',
    });
  });

  it('gets no worse a grade for a better figure', () => {
    const order = ['fail', 'investigate', 'pass'];
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 5000, noNaN: true }),
        fc.double({ min: 0, max: 5000, noNaN: true }),
        (a, b) => {
          const [low, high] = [Math.min(a, b), Math.max(a, b)];
          expect(order.indexOf(grade(high).verdict)).toBeGreaterThanOrEqual(order.indexOf(grade(low).verdict));
        },
      ),
    );
  });
});

describe('a report', () => {
  it('passes when nothing fails, also with something to look at', () => {
    const judged = judge(sampleReport(), standards());
    expect(judged.sla.find(({ metric }) => metric === 'capacity.rps')?.verdict).toBe('investigate');
    expect(judged.verdict).toBe('PASS');
  });

  it('fails with a target', () => {
    expect(judge(sampleReport({ times: 8 }), standards()).verdict).toBe('FAIL');
  });

  it('is invalid rather than failed', () => {
    expect(judge(sampleReport({ times: 8, invalid: ['late'] }), standards()).verdict).toBe('INVALID');
  });

  it('is invalid when nothing in it can be judged', () => {
    const judged = judge(sampleReport({ metrics: {} }), standards());
    expect(judged).toMatchObject({ verdict: 'INVALID', invalid: ['nothing that was measured has a target'] });
  });

  it.each([
    ['overhead.p99<20', 'PASS', 'pass'],
    ['overhead.p99<3.6', 'FAIL', 'fail'],
    ['loaded.overhead.p99<20', 'FAIL', 'not measured'],
  ])('with the condition %s gives %s', (condition, verdict, one) => {
    const judged = judge(sampleReport(), standards({ conditions: [conditionFrom(condition)] }));
    expect(judged).toMatchObject({ verdict, conditions: [{ id: '--fail', verdict: one }] });
  });

  it('puts our figures beside the published ones', () => {
    expect(judge(sampleReport(), standards()).published).toEqual(
      expect.arrayContaining([
        { metric: 'requests/s', published: '1,170 /s', ours: '900 /s' },
        { metric: 'p99', published: '240 ms', ours: 'not measured' },
      ]),
    );
  });
});

describe('a baseline', () => {
  it('is passed by the same figures', () => {
    const judged = judge(sampleReport(), against(sampleReport()));
    expect(judged.verdict).toBe('PASS');
    expect(judged.baseline?.results.every(({ worse }) => worse === 0)).toBe(true);
    expect(judged.baseline).toMatchObject({ sameMachine: true, notes: [], file: 'baseline.json' });
  });

  it('fails a slowed proxy', () => {
    const judged = judge(sampleReport({ times: 1.5 }), against(sampleReport()));
    const failed = judged.baseline?.results.filter(({ verdict }) => verdict === 'fail').map(({ metric }) => metric);
    expect(judged.verdict).toBe('FAIL');
    expect(failed).toEqual([
      ...['messages.p50', 'messages.p99', 'overhead.p99', 'overhead.client.p50', 'saturated.p99_ratio'],
    ]);
  });

  it('lets a figure be worse whose interval reaches within the limit', () => {
    const judged = judge(sampleReport({ times: 1.25 }), against(sampleReport()));
    const results = Object.fromEntries(judged.baseline!.results.map((result) => [result.metric, result]));
    expect(results['overhead.p99']).toMatchObject({ verdict: 'pass' });
    expect(results['overhead.p99']?.worse).toBeCloseTo(0.25);
    expect(results['messages.p50']).toMatchObject({ verdict: 'fail' });
  });

  it('of fewer requests/s fails only a slower proxy', () => {
    const rate = (value: number) =>
      sampleReport({ metrics: { 'capacity.rps': { value, unit: '/s', interval: null } } });
    expect(judge(rate(2000), against(rate(3000))).baseline?.results[0]?.verdict).toBe('fail');
    expect(judge(rate(3000), against(rate(2000))).baseline?.results[0]?.verdict).toBe('pass');
  });

  it.each([
    ['machine', { cpu: 'Another CPU' }],
    ['load', { perSecond: 50 }],
  ])('of another %s compares ratios alone, and says so', (what, changes) => {
    const sample = sampleReport();
    const before = { ...sample, run: { ...sample.run, ...changes } };
    const judged = judge(sampleReport({ times: 1.5 }), against(before));
    expect(judged.baseline?.results).toMatchObject([{ metric: 'saturated.p99_ratio', verdict: 'fail' }]);
    expect(judged.baseline?.notes).toEqual([
      `made ${what === 'load' ? 'with' : 'on'} another ${what}: only ratios are compared`,
    ]);
  });
});
