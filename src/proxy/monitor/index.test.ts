import { describe, expect, it } from 'vitest';
import { fakeClock } from '../../../test/support/fake-clock.ts';
import { marksFrom, requestRecord } from '../../../test/support/request-record.ts';
import { requestJson } from '../request-json.ts';
import { createMonitor, type MonitorOptions } from './index.ts';

function monitor(overrides: Partial<MonitorOptions> = {}): ReturnType<typeof createMonitor> {
  return createMonitor({
    clock: fakeClock(),
    version: '0.1.0',
    instance: 'main',
    metrics: 'on',
    today: () => null,
    isPlayMoney: () => false,
    progressOf: () => null,
    traffic: () => ({ circuits: {}, budgets: [], limits: new Map() }),
    limits: () => [],
    ledgerDropped: () => 0,
    retryBudgets: () => [],
    shed: () => ({}),
    ...overrides,
  });
}

describe('the monitor', () => {
  it('shows a request on its way, then what it came to', () => {
    const watched = monitor();
    const record = requestRecord();
    watched.started(record);
    expect(watched.snapshot()).toMatchObject({
      in_flight: 1,
      run: { requests: 0 },
      providers: { anthropic: { in_flight: 1 } },
    });
    watched.finished(record, requestJson(record));
    const snapshot = watched.snapshot();
    expect(snapshot).toMatchObject({
      version: 1,
      instance: 'main',
      in_flight: 0,
      run: { requests: 1, cost_usd: 0.003 },
    });
    expect(snapshot.windows['24h'].requests).toBe(1);
    expect(snapshot.by.session['session-1']?.requests).toBe(1);
    expect(snapshot.providers['anthropic']).toMatchObject({ requests: 1, in_flight: 0 });
    expect(watched.inFlight()).toBe(0);
    expect(watched.recent(10)).toEqual([requestJson(record)]);
  });

  it('takes today from the ledger, which knows of other runs', () => {
    const { latency_ms: _, ...totals } = monitor().run();
    const today = { ...totals, requests: 42 };
    expect(monitor({ today: () => today }).snapshot().today).toEqual(today);
    expect(monitor().snapshot().today).toBeNull();
  });

  it('counts a refused request that was never announced', () => {
    const watched = monitor();
    const refused = requestRecord({ outcome: 'rejected_invalid', status: 400, attempts: [], tokens: null });
    watched.finished(refused, requestJson(refused));
    expect(watched.totals()).toEqual({ requests: 1, errors: 1 });
    expect(watched.inFlight()).toBe(0);
  });

  it('keeps play money out of the sums, and everything else about it in', () => {
    const watched = monitor({ isPlayMoney: ({ provider }) => provider === 'loopback' });
    for (const provider of ['anthropic', 'loopback']) {
      const record = requestRecord({ provider });
      watched.finished(record, requestJson(record));
    }
    expect(watched.run()).toMatchObject({ requests: 2, cost_usd: 0.003, saved_usd: 0.001, tokens: { output: 100 } });
  });

  it('has no metrics when they are off', () => {
    expect(monitor({ metrics: 'off' }).metrics()).toBeNull();
    expect(monitor().metrics()).toContain('tokenpak_build_info{version="0.1.0",instance="main"} 1\n');
  });

  it('tells its readers of what starts and ends', () => {
    const clock = fakeClock();
    const watched = monitor({ clock });
    let text = '';
    watched.subscribe({ write: (more) => void (text += more), unreadBytes: () => 0, close: () => {} });
    const record = requestRecord({ marks: marksFrom(clock.now()) });
    watched.started(record);
    watched.finished(record, requestJson(record));
    clock.advance(100);
    expect(text.match(/^event: \w+$/gm)).toEqual(['event: hello', 'event: started', 'event: ended']);
  });
});
