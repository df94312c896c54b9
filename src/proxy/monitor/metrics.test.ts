import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { requestRecord } from '../../../test/support/request-record.ts';
import type { RequestRecord } from '../record.ts';
import { metricFamilies } from './metric-families.ts';
import { measure } from './measured.ts';
import { createMetrics, type Metrics } from './metrics.ts';

const gauges = {
  ...{ inFlight: 3, ledgerDropped: 0, residentBytes: 90_000_000, heapUsedBytes: 20_000_000 },
  retryBudgets: [{ provider: 'anthropic', left: 9.8, taken: 3 }],
  shed: { queue: 2 },
};

const traffic = { circuits: {}, budgets: [], limits: new Map([['models', { passed: 3, refused: 2, shadow: 0 }]]) };

function metricsOf(...records: Partial<RequestRecord>[]): Metrics {
  const metrics = createMetrics({ version: '0.1.0', instance: 'main', startedAt: 1_700_000_000_000 });
  for (const overrides of records) {
    const record = requestRecord(overrides);
    metrics.add(measure(record, false));
  }
  return metrics;
}

/** The samples of one metric, without its HELP and TYPE. */
function samples(text: string, name: string): string[] {
  return text.split('\n').filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));
}

const promtool = ((): boolean => {
  try {
    execFileSync('promtool', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();
const unknownPrice = { picodollars: null, savedPicodollars: null, unpricedReason: 'unknown model' } as const;

describe('metrics', () => {
  it('tell each family once, with its help and type', () => {
    const lines = metricsOf({}).render(gauges, traffic).split('\n');
    for (const { name, type } of Object.values(metricFamilies)) {
      expect(lines.filter((line) => line.startsWith(`# HELP ${name} `))).toHaveLength(1);
      expect(lines.filter((line) => line === `# TYPE ${name} ${type}`)).toHaveLength(1);
    }
  });

  it('count requests, tokens and cost by provider and model', () => {
    const text = metricsOf({}, {}, { outcome: 'upstream_timeout', tokens: null, cost: unknownPrice }).render(
      gauges,
      traffic,
    );
    const names = 'provider="anthropic",model="claude-sonnet-4-6"';
    expect(samples(text, 'tokenpak_requests_total')).toEqual([
      `tokenpak_requests_total{${names},outcome="ok"} 2`,
      `tokenpak_requests_total{${names},outcome="upstream_timeout"} 1`,
    ]);
    expect(samples(text, 'tokenpak_tokens_total')).toEqual([
      `tokenpak_tokens_total{${names},class="input"} 20`,
      `tokenpak_tokens_total{${names},class="cache_read"} 200`,
      `tokenpak_tokens_total{${names},class="cache_write"} 40`,
      `tokenpak_tokens_total{${names},class="output"} 100`,
    ]);
    expect(samples(text, 'tokenpak_cost_usd_total')).toEqual([`tokenpak_cost_usd_total{${names}} 0.006`]);
    expect(samples(text, 'tokenpak_unpriced_requests_total')).toEqual([`tokenpak_unpriced_requests_total{${names}} 1`]);
    expect(samples(text, 'tokenpak_request_errors_total')).toEqual(['tokenpak_request_errors_total 1']);
    expect(samples(text, 'tokenpak_in_flight_requests')).toEqual(['tokenpak_in_flight_requests 3']);
  });

  it('count what limits made of requests', () => {
    expect(samples(metricsOf().render(gauges, traffic), 'tokenpak_proxy_rate_limit_checked_total')).toEqual([
      'tokenpak_proxy_rate_limit_checked_total{limit="models",verdict="passed"} 3',
      'tokenpak_proxy_rate_limit_checked_total{limit="models",verdict="refused"} 2',
      'tokenpak_proxy_rate_limit_checked_total{limit="models",verdict="shadow"} 0',
    ]);
  });

  it('put a duration into every bucket that is at least as large', () => {
    const text = metricsOf({}).render(gauges, traffic);
    const name = 'tokenpak_proxy_request_duration_seconds';
    expect(samples(text, `${name}_bucket`).slice(3, 6)).toEqual([
      `${name}_bucket{le="0.05"} 0`,
      `${name}_bucket{le="0.1"} 1`,
      `${name}_bucket{le="0.25"} 1`,
    ]);
    expect(samples(text, `${name}_bucket`).at(-1)).toBe(`${name}_bucket{le="+Inf"} 1`);
    expect(samples(text, `${name}_sum`)).toEqual([`${name}_sum 0.1`]);
    expect(samples(text, `${name}_count`)).toEqual([`${name}_count 1`]);
  });

  it('time each stage until it hands the request on, and the last until the request is sent', () => {
    const text = metricsOf({}).render(gauges, traffic);
    const sums = samples(text, 'tokenpak_proxy_stage_duration_seconds_sum');
    expect(sums).toEqual([
      'tokenpak_proxy_stage_duration_seconds_sum{stage="request-router"} 0.00025',
      'tokenpak_proxy_stage_duration_seconds_sum{stage="token-counter"} 0.00025',
      'tokenpak_proxy_stage_duration_seconds_sum{stage="upstream"} 0.0005',
    ]);
  });

  it('escape what a client may put into a name', () => {
    const text = metricsOf({ model: 'a"b\\c\nd' }).render(gauges, traffic);
    expect(text).toContain('model="a\\"b\\\\c\\nd"');
  });

  it('count models beyond the 256th, and endless names, as other', () => {
    const invented = Array.from({ length: 1000 }, (_, n) => ({ model: `invented-${n}` }));
    const text = metricsOf(...invented, { model: 'm'.repeat(300) }).render(gauges, traffic);
    const lines = samples(text, 'tokenpak_requests_total');
    expect(lines).toHaveLength(257);
    expect(lines.at(-1)).toBe('tokenpak_requests_total{provider="anthropic",model="other",outcome="ok"} 745');
  });

  it.skipIf(!promtool)('are accepted by promtool check metrics (skipped where promtool is not installed)', () => {
    const weird = { model: 'ü"\\\n', outcome: 'client_abort', status: 0 } as const;
    const input = metricsOf({}, weird, { provider: null, model: null, attempts: [] }).render(gauges, traffic);
    // promtool says what it finds on stderr and by its exit code, which makes this throw.
    expect(execFileSync('promtool', ['check', 'metrics'], { input, encoding: 'utf8' })).toBe('');
  });
});
