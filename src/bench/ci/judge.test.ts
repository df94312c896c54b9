import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBaseline, parseBaseline } from './baseline.ts';
import { judgeRatios, outcomeOf } from './judge.ts';
import { ratiosOf, type Half, type Pair } from './ratios.ts';
import { baselinePage, ratioLine } from './report.ts';

const bareRelay: Half = { cpuMicros: 50, p50Ms: 0.2, p99Ms: 10 };
const before = { cpu_time: 1.5, p50: 1.3, p99: 1.4 };
const usual: Half = { cpuMicros: 75, p50Ms: 0.26, p99Ms: 14 };

/** Seven pairs, each a little off. */
function pairsOf(tokenpak: Half): Pair[] {
  return [0.97, 1.02, 1, 0.98, 1.03, 1.01, 0.99].map((off) => ({
    bareRelay,
    tokenpak: { cpuMicros: tokenpak.cpuMicros * off, p50Ms: tokenpak.p50Ms * off, p99Ms: tokenpak.p99Ms * off },
  }));
}

const judged = (pairs: readonly Pair[]) => judgeRatios(ratiosOf(pairs), before);
const verdicts = (pairs: readonly Pair[]) => judged(pairs).map(({ verdict }) => verdict);

describe('the ratios to the bare relay', () => {
  it('pass where the proxy is as it was', () => {
    expect(verdicts(pairsOf(usual))).toEqual(['pass', 'pass', 'pass']);
    expect(outcomeOf(judged(pairsOf(usual)), [])).toBe('PASS');
  });

  it('fail for a proxy that needs a quarter more processor time', () => {
    const slowed = judged(pairsOf({ ...usual, cpuMicros: 75 * 1.25 }));
    expect(outcomeOf(slowed, [])).toBe('FAIL');
    const [line] = slowed.map(ratioLine);
    expect(line).toMatch(/^FAIL {5}processor time per request: 1\.88 .*limit 1\.80: 25 % above the baseline$/);
  });

  it('fail for one that answers a quarter later', () => {
    expect(verdicts(pairsOf({ ...usual, p50Ms: 0.26 * 1.25 }))).toEqual(['pass', 'fail', 'pass']);
  });

  it('pass for one that is slower by less than a fifth', () => {
    const slower = { cpuMicros: 75 * 1.19, p50Ms: 0.26 * 1.19, p99Ms: 14 * 1.19 };
    expect(verdicts(pairsOf(slower))).toEqual(['pass', 'pass', 'pass']);
  });

  it('fail by p99 only where its whole interval lies above the limit', () => {
    const late = pairsOf({ ...usual, p99Ms: 14 * 2 });
    expect(verdicts(late)).toEqual(['pass', 'pass', 'fail']);
    const [first, ...others] = late as [Pair, ...Pair[]];
    const once = { ...first, tokenpak: { ...first.tokenpak, p99Ms: 14 } };
    expect(verdicts([once, ...others])).toEqual(['pass', 'pass', 'pass']);
  });

  it('never fail for what another machine does to both relays alike', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.1, max: 20, noNaN: true }), (factor) => {
        const scaled = (half: Half): Half => ({
          cpuMicros: half.cpuMicros * factor,
          p50Ms: half.p50Ms * factor,
          p99Ms: half.p99Ms * factor,
        });
        const pairs = pairsOf(usual).map((pair) => ({
          bareRelay: scaled(pair.bareRelay),
          tokenpak: scaled(pair.tokenpak),
        }));
        expect(verdicts(pairs)).toEqual(['pass', 'pass', 'pass']);
      }),
    );
  });

  it('skip, in a line that says so, the processor time where it cannot be told', () => {
    const results = judged(pairsOf({ ...usual, cpuMicros: NaN }));
    expect(results.map(({ verdict }) => verdict)).toEqual(['skipped', 'pass', 'pass']);
    expect(results.map(ratioLine)[0]).toMatch(/^SKIPPED .*processor time.*\/proc/);
    expect(outcomeOf(results, [])).toBe('PASS');
  });

  it('say nothing where the machine was busy, good or bad', () => {
    expect(outcomeOf(judged(pairsOf(usual)), ['other processes'])).toBe('SKIPPED');
    expect(outcomeOf(judged(pairsOf({ ...usual, cpuMicros: 500 })), ['other processes'])).toBe('SKIPPED');
  });

  it('do not pass where nothing could be judged', () => {
    const none = judgeRatios(ratiosOf(pairsOf(usual)), { cpu_time: null, p50: null, p99: null });
    expect(outcomeOf(none, [])).toBe('SKIPPED');
  });
});

describe('the baseline', () => {
  const machine = { cpu: 'a processor', cores: 2, memory_mb: 8000, platform: 'linux x64', node: '20.20.0' };
  const about = { at: '2026-11-26T12:00:00.000Z', machine, commit: '0123456789abcdef', pairs: 7 };
  const baseline = createBaseline(ratiosOf(pairsOf({ ...usual, cpuMicros: NaN })), about);

  it('is read as it was written', () => {
    expect(parseBaseline(JSON.stringify(baseline))).toEqual(baseline);
  });

  it('is refused where it is another file', () => {
    expect(() => parseBaseline('{"version":2}')).toThrow(/not a baseline/);
  });

  it('has a page with the same figures', () => {
    const page = baselinePage(baseline);
    expect(page).toContain('| p50 at one connection | 1.300 | 1.261 | 1.339 |');
    expect(page).toContain('| processor time per request | not measured');
    expect(page).toContain('2026-11-26 in 7 pairs on a processor, 2 processors, 8,000 MB, linux x64, Node 20.20.0');
  });
});
