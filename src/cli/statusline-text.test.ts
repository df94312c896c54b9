import { describe, expect, it } from 'vitest';
import { statuslineFormatFrom, type StatuslineStats, statuslineText } from './statusline-text.ts';

const block = (changes: Partial<StatuslineStats['run']> = {}): StatuslineStats['run'] => ({
  requests: 12,
  cost_usd: 4.181,
  unpriced: 0,
  tokens: { input: 700, cache_read: 9200, cache_write: 100 },
  latency_ms: { overhead: { p50: 0.7, p99: 12.3 } },
  ...changes,
});
const stats = (changes: Partial<StatuslineStats> = {}): StatuslineStats => ({
  instance: 'i-1',
  run: block(),
  today: block({ cost_usd: 11.02 }),
  by: { session: { own: block({ cost_usd: 0.41, tokens: { input: 1, cache_read: 1, cache_write: 0 } }) } },
  in_flight: 3,
  ...changes,
});

describe('the status line', () => {
  it('shows the run and the day', () => {
    expect(statuslineText(stats(), null, null)).toBe('pak $4.18 run | $11.02 day | cache 92% | p99 12ms');
  });

  it("shows the session's own cost, where it is known", () => {
    expect(statuslineText(stats(), 'own', null)).toBe('pak $0.41 ses | $11.02 day | cache 50% | p99 12ms');
    for (const unknown of ['new', 'toString', '__proto__']) {
      expect(statuslineText(stats(), unknown, null)).toMatch(/^pak \$4\.18 run \|/u);
    }
  });

  it('says what it does not know, and what there is nothing of', () => {
    const nothing = block({
      cost_usd: 0,
      tokens: { input: 0, cache_read: 0, cache_write: 0 },
      latency_ms: { overhead: null },
    });
    const quiet = stats({ run: nothing, today: null });
    expect(statuslineText(quiet, null, null)).toBe('pak $0.00 run | ? day | cache - | p99 -');
    const cost = (cost_usd: number, unpriced: number): string =>
      statuslineText(stats({ run: block({ cost_usd, unpriced }) }), null, '{run}');
    expect([cost(0, 1), cost(2, 1), cost(0.0004, 0)]).toEqual(['?', '$2.00+?', '$0.0004']);
  });

  it('takes a format of its own', () => {
    const format = '{session} {run} {today}\n{cache} {p50} {p99} {requests} {inflight} {';
    expect(statuslineText(stats(), 'own', format)).toBe('$0.41 $4.18 $11.02 50% 0.7ms 12ms 12 3 {');
    expect(statuslineText(stats(), null, '[{session}]')).toBe('[-]');
    expect(statuslineFormatFrom(format)).toBe(format);
  });

  it.each(['{cost}', '{}', '{Run}', '{run} {p95}', '{ run }', '{toString}'])('has no placeholder %s', (format) => {
    expect(() => statuslineFormatFrom(format)).toThrow('Expected only {session} {run}');
  });
});
