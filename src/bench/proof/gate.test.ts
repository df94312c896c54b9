import { describe, expect, it } from 'vitest';
import { directFigures, directReasons, type GateLimit, lateReason } from './gate.ts';
import type { Percentiles, ProofRow } from './proof-report.ts';

const ms: Percentiles = { p50: 1, p90: 3, p95: 5, p99: 9, p999: 30, max: 80 };
const rowOf = (change: Partial<ProofRow>): ProofRow => ({
  ...{ name: 'a row', workload: 'passthrough', target: 'direct', count: 1000, errors: 0, ms, p99Interval: null },
  ...change,
});
const below = (metric: string, value: number, operator: '<' | '<=' | '>=' = '<'): GateLimit => ({
  ...{ metric, unit: 'ms', pass: { operator, value } },
});

describe('late sends', () => {
  it.each([
    [0, 0, true],
    [3000, 0, true],
    [3000, 30, true],
    [3000, 31, false],
    [100, 2, false],
  ])('of %d requests, %d late ones leave a run valid: %s', (sent, late, isValid) => {
    expect(lateReason({ sent, late }) === null).toBe(isValid);
  });

  it('are told with their share', () => {
    expect(lateReason({ sent: 200, late: 5 })).toContain('2.5% of the requests were sent more than 2 ms late');
  });
});

describe('a direct run', () => {
  const direct = directFigures([rowOf({})], 0);

  it('that is below half of every limit says nothing against a run', () => {
    expect(directReasons(direct, [below('messages.p99', 20), below('overhead.client.p50', 2.01)])).toEqual([]);
  });

  it('that breaks half of a limit by itself makes the run invalid, once for each limit', () => {
    const reasons = directReasons(direct, [
      below('messages.p99', 17),
      below('overhead.p99', 18),
      below('overhead.p50', 2),
    ]);
    expect(reasons).toHaveLength(3);
    expect(reasons[0]).toContain('messages.p99 would read 9.00 ms');
  });

  it('may read half of a limit that may itself be read', () => {
    expect(directReasons(direct, [below('messages.p99', 18, '<=')])).toEqual([]);
    expect(directReasons(direct, [below('messages.p99', 17.9, '<=')])).toHaveLength(1);
  });

  it("is judged without the provider's own delay", () => {
    const slow = rowOf({ ms: { ...ms, p99: 59 } });
    expect(directReasons(directFigures([slow], 0), [below('messages.p99', 20)])).toHaveLength(1);
    expect(directReasons(directFigures([slow], 50), [below('messages.p99', 20)])).toEqual([]);
  });

  it('is not taken from the rows of others, and says nothing of rates and of limits from below', () => {
    const others = directFigures([rowOf({ target: 'proxied' }), rowOf({ workload: 'health' })], 0);
    expect(directReasons(others, [below('messages.p99', 1), below('health.p99', 1)])).toEqual([]);
    const rate: GateLimit = { metric: 'messages.p99', unit: '/s', pass: { operator: '<', value: 1 } };
    expect(directReasons(direct, [rate, below('messages.p99', 1, '>=')])).toEqual([]);
  });
});
