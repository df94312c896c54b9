import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fakeClock, type FakeClock } from '../../../test/support/fake-clock.ts';
import { marksFrom, requestRecord } from '../../../test/support/request-record.ts';
import { measure } from './measured.ts';
import { createWindows, type Windows } from './windows.ts';

function add(windows: Windows, clock: FakeClock): void {
  const record = requestRecord({ marks: { ...marksFrom(clock.now() - 100), ended: clock.now() } });
  windows.add(measure(record, false));
}

function counts(windows: Windows): Record<string, number> {
  return Object.fromEntries(Object.entries(windows.last()).map(([name, window]) => [name, window.requests]));
}

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

describe('windows', () => {
  it('hold a request of this very second', () => {
    const clock = fakeClock();
    const windows = createWindows(clock.now);
    add(windows, clock);
    expect(counts(windows)).toEqual({ '1m': 1, '5m': 1, '15m': 1, '1h': 1, '24h': 1 });
    add(windows, clock);
    expect(counts(windows)).toEqual({ '1m': 2, '5m': 2, '15m': 2, '1h': 2, '24h': 2 });
  });

  it('let a request go one after the other, however long nothing happens', () => {
    const clock = fakeClock();
    const windows = createWindows(clock.now);
    add(windows, clock);
    const seen = [minute, 5 * minute, 15 * minute, hour, 25 * hour].map((until) => {
      clock.advance(until - (clock.now() - 1000));
      return counts(windows);
    });
    expect(seen).toEqual([
      { '1m': 0, '5m': 1, '15m': 1, '1h': 1, '24h': 1 },
      { '1m': 0, '5m': 0, '15m': 1, '1h': 1, '24h': 1 },
      { '1m': 0, '5m': 0, '15m': 0, '1h': 1, '24h': 1 },
      { '1m': 0, '5m': 0, '15m': 0, '1h': 0, '24h': 1 },
      { '1m': 0, '5m': 0, '15m': 0, '1h': 0, '24h': 0 },
    ]);
    expect(windows.run().requests).toBe(1);
  });

  it('say how many seconds they really cover', () => {
    const clock = fakeClock();
    const windows = createWindows(clock.now);
    clock.advance(30 * second);
    expect(windows.last()['1h'].seconds).toBe(30);
    expect(windows.run().seconds).toBe(30);
    clock.advance(3 * hour);
    expect(windows.last()['1m'].seconds).toBeGreaterThan(58);
    expect(windows.last()['1m'].seconds).toBeLessThanOrEqual(60);
    expect(windows.last()['15m'].seconds).toBeGreaterThan(14 * 60);
    expect(windows.last()['15m'].seconds).toBeLessThanOrEqual(15 * 60);
  });

  it('hold exactly the requests of the seconds that they cover, in any rhythm', () => {
    const gaps = fc.array(fc.integer({ min: 0, max: 20 * minute }), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(gaps, (pauses) => {
        const clock = fakeClock();
        const windows = createWindows(clock.now);
        const times = pauses.map((pause) => {
          clock.advance(pause);
          add(windows, clock);
          return clock.now();
        });
        for (const { seconds, requests } of Object.values(windows.last())) {
          const from = clock.now() - seconds * second;
          expect(requests).toBe(times.filter((time) => time >= from).length);
        }
        expect(windows.run().requests).toBe(times.length);
        expect(windows.totals().requests).toBe(times.length);
      }),
    );
  });

  it('know the totals of a run without anybody asking for a window', () => {
    const clock = fakeClock();
    const windows = createWindows(clock.now);
    const failed = requestRecord({ outcome: 'upstream_unreachable', marks: marksFrom(clock.now()) });
    windows.add(measure(failed, false));
    clock.advance(5 * second);
    add(windows, clock);
    expect(windows.totals()).toEqual({ requests: 2, errors: 1 });
  });
});
