import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sampleReport } from '../../../../test/support/proof-sample.ts';
import { judge } from '../../judge/judge.ts';
import { readPublished } from '../../judge/published.ts';
import { readSla, shippedSla } from '../../judge/sla.ts';
import type { ProofReport } from '../../proof/proof-report.ts';
import { reportHtml } from './page.ts';
import { linearScale, logScale } from './scale.ts';

const targets = readSla(shippedSla);

function page(changes: Partial<ProofReport> & { times?: number } = {}): string {
  const standards = { slaFile: 'templates/sla.json', targets, conditions: [], baseline: null };
  return reportHtml(judge(sampleReport(changes), { ...standards, published: readPublished() }));
}

describe('the page', () => {
  it('needs nothing from elsewhere and runs nothing', () => {
    const html = page();
    expect(html).not.toMatch(/<script|<link|<img|<iframe|@import|url\(|\son\w+=|(?:src|href)=/iu);
    expect(html).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
    expect(html).toContain('prefers-color-scheme: dark');
  });

  it('has the curve of each target, latency over time, the stages, and the line of the target', () => {
    const html = page();
    for (const title of ['Latency of messages by percentile', 'Latency of messages over the time of the run'])
      expect(html).toContain(`aria-label="${title}"`);
    expect(html).toContain('aria-label="Where the time goes in the proxy"');
    for (const name of ['direct', 'relay', 'proxied']) {
      expect(html.match(new RegExp(`class="line ${name}"`, 'gu'))).toHaveLength(4);
    }
    expect(html.match(/class="limit-text">S0-7 {2}messages p99 \(stretch\) &lt; 20 ms</gu)).toHaveLength(2);
    expect(html).toContain('<title>proxied, 99%: ');
  });

  it('leaves out what there is nothing to draw of', () => {
    const html = page({ curve: [], timeline: [], stages: [] });
    expect(html).not.toContain('<figure');
    expect(html).toContain('messages proxied');
  });

  it('closes what it opens, whatever foreign texts it shows', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.constant('</td><script>"&')), (text) => {
        const html = page({ notes: [text], invalid: [text] });
        expect(html).not.toContain('<script');
        for (const element of ['table', 'figure', 'svg', 'ul', 'td', 'li']) {
          const opened = html.match(new RegExp(`<${element}[ >]`, 'gu')) ?? [];
          expect(html.match(new RegExp(`</${element}>`, 'gu'))).toHaveLength(opened.length);
          expect(opened.length).toBeGreaterThan(0);
        }
      }),
      { numRuns: 20 },
    );
  });

  it('draws within its pictures, also what no clock has measured', () => {
    const curve = [0, 0.5, 0.99, 1].map((quantile, index) => ({
      target: 'proxied' as const,
      quantile,
      ms: 10 ** (index * 2 - 3),
    }));
    const html = page({ curve: [...curve, { target: 'direct', quantile: 0.5, ms: 0 }] });
    const numbers = [...html.matchAll(/ c?[xy][12]?="([^"]*)"/gu)].map(([, value]) => Number(value));
    expect(numbers.filter((value) => !(value >= 0 && value <= 760))).toEqual([]);
    expect(html).not.toMatch(/NaN|Infinity/u);
  });
});

describe('an axis', () => {
  it('holds all values between its ends, in their order, with some marks', () => {
    const time = fc.double({ min: 0, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(fc.array(time, { minLength: 1, maxLength: 20 }), (values) => {
        const { place, ticks } = logScale(values, [300, 16]);
        const places = values.toSorted((a, b) => a - b).map(place);
        for (const at of places) expect(at).toBeGreaterThanOrEqual(15.99);
        for (const at of places) expect(at).toBeLessThanOrEqual(300.01);
        expect(places).toEqual(places.toSorted((a, b) => b - a));
        expect(ticks.length).toBeGreaterThanOrEqual(2);
        expect(ticks.length).toBeLessThanOrEqual(12);
      }),
    );
  });

  it('of seconds has whole numbers as marks', () => {
    fc.assert(
      fc.property(fc.nat(100_000), (last) => {
        const { ticks } = linearScale([0, last], [0, 100]);
        expect(ticks.every(Number.isInteger)).toBe(true);
        expect(ticks.length).toBeLessThanOrEqual(10);
      }),
    );
  });
});
