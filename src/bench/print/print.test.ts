import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sampleReport } from '../../../test/support/proof-sample.ts';
import { lineText } from '../../tui/cells.ts';
import { baselineOf } from '../judge/baseline.ts';
import { conditionFrom } from '../judge/condition.ts';
import { judge } from '../judge/judge.ts';
import { readPublished } from '../judge/published.ts';
import { readSla, shippedSla } from '../judge/sla.ts';
import type { JudgedReport, ProofReport } from '../proof/proof-report.ts';
import { reportCsv } from './csv.ts';
import { reportMarkdown } from './markdown.ts';
import { reportMetrics } from './prometheus.ts';
import { reportJson } from './report-json.ts';
import { textLines } from './text.ts';

const targets = readSla(shippedSla);

function judged(report: ProofReport): JudgedReport {
  return judge(report, {
    ...{ slaFile: 'templates/sla.json', targets, conditions: [conditionFrom('overhead.p99<20')] },
    baseline: { file: 'before.json', report: baselineOf(sampleReport()), tolerance: 0.2 },
    published: readPublished(),
  });
}

const textOf = (report: JudgedReport): string => textLines(report).map(lineText).join('\n');

/** What could move a cursor, break a row, or be taken for markup. */
const hostile = '\u001B[2J\u202E"><script>alert(1)</script>|`x`\r\n=1+1';

function withHostileTexts(): JudgedReport {
  const sample = sampleReport({ notes: [hostile], invalid: [hostile] });
  const report = judged({ ...sample, rows: sample.rows.map((row) => ({ ...row, name: hostile })) });
  return { ...report, baseline: { ...report.baseline!, file: hostile, notes: [hostile] } };
}

describe('the text', () => {
  it('has every figure that was measured, what is said of it, and the verdict last', () => {
    const text = textOf(judged(sampleReport({ times: 7 })));
    expect(text).toMatch(/^tokenpak bench 0\.1\.0 {3}node 20\.20\.2 {3}2 cores, load 0\.4 {3}commit 3f2a91c/u);
    expect(text).toContain('open loop, 100 rps x 30 s x 3, seed 1');
    expect(text).toContain('proxy and load on cores of their own');
    expect(text).toMatch(/^messages proxied +9000 +0 +9\.66 .* 98\.53$/mu);
    expect(text).toMatch(/^ {2}overhead, by proxy +- +- +3\.64/mu);
    expect(text).toMatch(/^ {2}overhead, by client +- +- +5\.18/mu);
    expect(text).toMatch(/FAIL +S1-1 +overhead p99, by the proxy +< 20 ms +25\.2 +23\.2 \.\. 28\.1\n +5\.20 ms over/u);
    expect(text).toMatch(/investigate +S2-1 +capacity +> 1,000 \/s +900/u);
    expect(text).toMatch(/FAIL +overhead\.p99 +3\.60 -> 25\.2 +600\.0% worse +limit 20\.0%/u);
    expect(text.split('\n').at(-1)).toBe(
      'FAIL  8 of 12 targets, 1 to investigate, 0 of 1 conditions, 5 of 10 figures of the baseline',
    );
  });

  it('names what was not measured, and what is not there', () => {
    const text = textOf(judged(sampleReport()));
    expect(text).toMatch(/not measured by this run: .*S0-5 \(messages\.error_rate\).*S3-4/u);
    expect(text).toContain('not available: S2-10 (see the notes)');
    expect(text).toContain('translation: not available yet');
  });

  it('says of an invalid run why, and no tally', () => {
    const lines = textOf(judged(sampleReport({ invalid: ['8.8% of the requests were sent late'] }))).split('\n');
    expect(lines.slice(-2)).toEqual([
      'INVALID  this run says nothing about tokenpak:',
      '  8.8% of the requests were sent late',
    ]);
  });

  it('ends with what others publish, marked as such', () => {
    const text = textOf(judged(sampleReport()));
    expect(text).toMatch(/beside LiteLLM.*published +ours\n {2}requests\/s +1,170 \/s +900 \/s/u);
    expect(text).toContain('published by LiteLLM, not measured here: https://');
  });
});

describe('every format', () => {
  it.each(['p50', 'p90', 'p95', 'p99', 'p999', 'max'] as const)('survives a %s that is no number', (point) => {
    const sample = sampleReport();
    const rows = sample.rows.map((row) => ({ ...row, ms: { ...row.ms, [point]: NaN } }));
    const report = judged({ ...sample, rows });
    expect(JSON.parse(JSON.stringify(reportJson(report)))).toMatchObject({
      rows: [{ ms: { [point]: null } }, {}, {}, {}, {}, {}],
    });
    expect(reportMetrics(report)).not.toContain('NaN');
    expect(reportCsv(report)).not.toContain('NaN');
  });

  it('is there also for a run that found nothing', () => {
    const nothing = { rows: [], metrics: {}, stages: [], timeline: [], curve: [], notes: [] };
    const none = { rate: null, proxy: null, accounting: null, overhead: { proxy: null, client: null } };
    const report = judged(sampleReport({ ...nothing, ...none }));
    expect(report.verdict).toBe('INVALID');
    expect(textOf(report)).toContain('nothing was measured');
    for (const print of [reportCsv, reportMarkdown, reportMetrics]) expect(print(report)).toContain('INVALID');
  });

  it('lets nothing foreign out that a terminal, a table or a page would obey', () => {
    const report = withHostileTexts();
    for (const print of [textOf, reportCsv, reportMarkdown, reportMetrics])
      expect(print(report)).not.toMatch(/[\p{Cf}\p{Co}]|(?![\n\r])\p{Cc}/u);
    expect(reportMarkdown(report)).not.toContain('<script>');
  });
});

describe('the JSON', () => {
  it('has the names of its members in snake_case, those of metrics as they are, and a reason for the exit code', () => {
    const json = reportJson(judged(sampleReport({ times: 7 }))) as Record<string, unknown>;
    expect(json).toMatchObject({
      ...{ version: 1, verdict: 'FAIL', exit_reason: 'sla_failed', sla_file: 'templates/sla.json' },
      run: { mock_delay_ms: 0, is_pinned: true },
      metrics: { 'overhead.p99': { unit: 'ms' } },
      published_by: { of: 'LiteLLM' },
    });
    const names = [...JSON.stringify(json).matchAll(/"([^"\\]+)":/gu)].map(([, name]) => name!);
    expect(names.filter((name) => !/^[a-z0-9_.]+$/u.test(name))).toEqual([]);
  });
});

describe('the CSV', () => {
  it('has as many fields in each line, which ends with CR and LF', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (name) => {
        const sample = sampleReport();
        const csv = reportCsv(judged({ ...sample, rows: sample.rows.map((row) => ({ ...row, name })), notes: [name] }));
        const lines = csv.split('\r\n');
        expect(lines.pop()).toBe('');
        expect(new Set(lines.map((line) => fieldsOf(line).length))).toEqual(new Set([9]));
      }),
      { numRuns: 30 },
    );
  });

  it('has each percentile, the limits of p99, and each target', () => {
    const lines = reportCsv(judged(sampleReport())).split('\r\n');
    expect(lines).toContain('latency,messages proxied,p99,5.934,ms,5.51862,6.5274,,');
    expect(lines).toContain('sla,S1-1,overhead.p99,3.6,ms,3.31,4.02,< 20 ms,pass');
    expect(lines).toContain('report,verdict,,,,,,,PASS');
  });
});

/** By RFC 4180: a quote in a field is doubled, and no line break of ours is in one. */
function fieldsOf(line: string): string[] {
  return [...line.matchAll(/(?:^|,)("(?:[^"]|"")*"|[^",]*)(?=,|$)/gu)].map(([, field]) => field!);
}

describe('the metrics', () => {
  it('have base units, and no name that Prometheus has another meaning for', () => {
    const text = reportMetrics(judged(sampleReport()));
    expect(text).toContain('tokenpak_bench_latency_seconds{row="messages proxied",point="p50"} 0.00138\n');
    expect(text).toContain('tokenpak_bench_verdict{verdict="PASS"} 1\n');
    expect(text).toContain('tokenpak_bench_target_passed{id="S2-1",metric="capacity.rps"} 0\n');
    for (const line of text.trimEnd().split('\n')) {
      expect(line).toMatch(
        /^(?:# (?:HELP|TYPE) \S+ .+|tokenpak_[a-z_]+(?:\{(?:[a-z]+="(?:[^"\\]|\\["\\n])*",?)+\})? -?[\d.e+-]+)$/u,
      );
    }
  });

  it.skipIf(!hasPromtool())('are sound by promtool', () => {
    const input = reportMetrics(withHostileTexts());
    expect(execFileSync('promtool', ['check', 'metrics'], { input, encoding: 'utf8', stdio: 'pipe' })).toBe('');
  });
});

function hasPromtool(): boolean {
  try {
    execFileSync('promtool', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

describe('the Markdown', () => {
  it('has rows of as many cells as their heading', () => {
    for (const table of reportMarkdown(withHostileTexts())
      .split('\n\n')
      .filter((part) => part.startsWith('|'))) {
      const cells = table.split('\n').map((line) => line.replaceAll('\\|', '').split('|').length);
      expect(new Set(cells).size).toBe(1);
    }
  });
});
