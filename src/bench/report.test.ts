import { describe, expect, it } from 'vitest';
import type { Measure } from './measure.ts';
import { formatNumber, jsonReport, textReport, type Circumstances } from './report.ts';

const circumstances: Circumstances = {
  node: '20.20.2',
  cores: 2,
  loadAverage: 0.4,
  pinned: true,
  quick: false,
  rounds: 5,
  seconds: 240,
};

const rate: Measure = {
  name: 'requests/s',
  unit: '/s',
  direct: 60_000,
  bareRelay: 12_345.6,
  tokenpak: 6000,
  judged: {
    what: 'of the bare relay',
    estimate: { median: 0.486, low: 0.47, high: 0.5 },
    limit: { kind: 'at least', value: 0.6, fault: 0.45 },
  },
};

const result = { measures: [rate], accounting: { sent: 1000, stats: 1000, ledger: 1000 }, invalid: [] };

describe('a number in the report', () => {
  it.each([
    [null, '-'],
    [NaN, '?'],
    [0, '0'],
    [0.12345, '0.123'],
    [1.2345, '1.23'],
    [12.345, '12.3'],
    [12_345.6, '12,346'],
  ])('%d is written %s', (value, text) => {
    expect(formatNumber(value)).toBe(text);
  });
});

describe('the report', () => {
  it('shows each figure, the ratio with its interval, the target and the judgement on one line', () => {
    const line = textReport(result, circumstances)
      .split('\n')
      .find((text) => text.startsWith('requests/s'));
    expect(line).toMatch(
      /60,000 +12,346 +6,000 +\/s +0\.486 \(0\.470 \.\. 0\.500\) of the bare relay +>= 0\.600 +FAIL$/,
    );
  });

  it('marks a miss by far as a fault', () => {
    const judged = { ...rate.judged!, estimate: { median: 0.3, low: 0.3, high: 0.3 } };
    expect(textReport({ ...result, measures: [{ ...rate, judged }] }, circumstances)).toContain('FAULT');
  });

  it('says how many requests were counted, and ends with the verdict', () => {
    const lines = textReport(result, circumstances).split('\n');
    expect(lines.at(-2)).toBe(
      'requests sent through tokenpak 1,000, counted by /stats 1,000, ended in the ledger 1,000',
    );
    expect(lines.at(-1)).toBe('FAIL');
  });

  it('gives every reason why a run is invalid', () => {
    const text = textReport({ ...result, invalid: ['others were busy'] }, circumstances);
    expect(text).toContain('invalid: others were busy\nINVALID');
  });

  it('says whether the processes had cores of their own, and whether it was quick', () => {
    expect(textReport(result, circumstances)).toContain('relays held on one core');
    const text = textReport(result, { ...circumstances, pinned: false, quick: true });
    expect(text).toContain('NOT held on cores');
    expect(text).toContain('quick run');
  });

  it('comes as JSON with the unrounded figures, in snake_case', () => {
    const report = JSON.parse(jsonReport(result, circumstances)) as object;
    expect(report).toMatchObject({
      version: 1,
      run: { node: '20.20.2', load_average: 0.4 },
      measures: [{ name: 'requests/s', bare_relay: 12_345.6, judgement: 'fail' }],
      accounting: { sent: 1000 },
      verdict: 'FAIL',
    });
  });
});
