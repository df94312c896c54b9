import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { endedJson, healthJson, snapshotJson, startedJson } from '../../test/support/dashboard.ts';
import type { DashboardState } from './state.ts';
import { DashboardStore } from './store.ts';

const noon = Date.UTC(2026, 10, 22, 12);
const at = (seconds: number): string => new Date(noon + seconds * 1000).toISOString();

function opened(): DashboardStore {
  return new DashboardStore({ url: 'http://127.0.0.1:1', readOnly: false, now: noon });
}

function shown(store: DashboardStore, now = noon): DashboardState {
  store.publish(now);
  return store.getSnapshot();
}

const idsOf = (state: DashboardState): string[] => state.requests.map(({ id }) => id);
const spentIn = (state: DashboardState): { requests: number; costUsd: number } => {
  const slices = state.slices(1, 60);
  return {
    requests: slices.reduce((sum, { requests }) => sum + requests, 0),
    costUsd: slices.reduce((sum, { costUsd }) => sum + costUsd, 0),
  };
};

describe('what a screen shows', () => {
  it('changes only when it is published, and then is another state', () => {
    const store = opened();
    const listener = vi.fn<() => void>();
    const stop = store.subscribe(listener);
    const before = store.getSnapshot();
    store.event('ended', endedJson('tp_1'), noon);
    store.health(healthJson());
    store.stats(snapshotJson(), noon);
    expect(store.getSnapshot()).toBe(before);
    expect(listener).not.toHaveBeenCalled();
    store.publish(noon + 1);
    expect(listener).toHaveBeenCalledTimes(1);
    expect(before).toMatchObject({ requests: [], snapshot: null, health: null, connection: { state: 'connecting' } });
    expect(store.getSnapshot()).toMatchObject({
      now: noon + 1,
      snapshot: { instance: 'one' },
      health: { status: 'ok' },
    });
    expect(idsOf(store.getSnapshot())).toEqual(['tp_1']);
    stop();
    store.publish(noon + 2);
    expect(listener).toHaveBeenCalledTimes(1);
  });

  it('keeps its charts while it is paused', () => {
    const store = opened();
    store.event('ended', endedJson('tp_1'), noon);
    const paused = shown(store);
    const slices = paused.slices(1, 10);
    store.event('ended', endedJson('tp_2'), noon);
    expect(paused.slices(1, 10)).toEqual(slices);
    expect(shown(store).slices(1, 10).at(-1)!.requests).toBe(2);
  });
});

describe('requests', () => {
  it('begin, grow and end as one row', () => {
    const store = opened();
    store.event('started', startedJson('tp_1', { model: null }), noon);
    expect(shown(store).requests).toMatchObject([{ id: 'tp_1', model: 'claude-opus-5', totalMs: null, costUsd: null }]);
    const tokens = { input: 5, cache_read: 0, cache_write: 0, cache_write_1h: 0, output: 7, reasoning: 0 };
    store.event('progress', { version: 1, id: 'tp_1', tokens, cost_usd: 0.1 }, noon);
    expect(shown(store).requests).toMatchObject([{ model: 'claude-opus-5', tokens, costUsd: 0.1, totalMs: null }]);
    store.event('ended', endedJson('tp_1', { cost_usd: null }), noon);
    store.event('progress', { version: 1, id: 'tp_1', tokens, cost_usd: 0.1 }, noon);
    store.event('started', startedJson('tp_1'), noon);
    expect(shown(store).requests).toEqual([
      {
        ...{ id: 'tp_1', time: noon, provider: 'anthropic', model: 'claude-opus-5', project: 'web', session: 's-1' },
        ...{ agent: 'claude-cli/2.1', key: null, stream: true, status: 200, outcome: 'ok', costUsd: null },
        tokens: { input: 10, cache_read: 100, cache_write: 20, cache_write_1h: 0, output: 50, reasoning: 0 },
        ...{ exactness: 'exact', cache: null, overheadMs: 2, firstByteMs: 60, totalMs: 100 },
        attempts: [{ provider: 'anthropic', status: 200, outcome: 'ok', ms: 95, cause: null }],
      },
    ]);
  });

  it('stand newest begun first, those on their way before others of the moment', () => {
    const store = opened();
    store.event('started', startedJson('tp_1', { time: at(1) }), noon);
    store.event('ended', endedJson('tp_2', { time: at(2) }), noon);
    store.event('started', startedJson('tp_3', { time: at(2) }), noon);
    store.event('ended', endedJson('tp_4', { time: at(0) }), noon);
    expect(idsOf(shown(store))).toEqual(['tp_3', 'tp_2', 'tp_1', 'tp_4']);
  });

  it('are 500 at most, and those that last are not the ones that go', () => {
    const store = opened();
    store.event('started', startedJson('tp_long', { time: at(-1) }), noon);
    for (let n = 0; n < 3000; n++) store.event('ended', endedJson(`tp_${n}`, { time: at(n) }), noon);
    const state = shown(store);
    expect(state.requests).toHaveLength(500);
    expect(idsOf(state).at(0)).toBe('tp_2999');
    expect(idsOf(state).at(-1)).toBe('tp_long');
  });

  it('that were under way before anybody listened are shown by their progress, with the time of their id', () => {
    const store = opened();
    const id = `tp_${noon.toString(36)}0010abcdef`;
    store.event('progress', { id, tokens: null, cost_usd: 0.1 }, noon);
    store.event('progress', { id: 'tp_other', tokens: null, cost_usd: 0.1 }, noon);
    expect(shown(store).requests).toMatchObject([{ id, time: noon, model: null, costUsd: 0.1, totalMs: null }]);
  });

  it('are gone when the proxy says twice that none is on its way', () => {
    const store = opened();
    store.event('started', startedJson('tp_1', { time: at(1) }), noon);
    store.event('started', startedJson('tp_2', { time: at(9) }), noon);
    store.event('ended', endedJson('tp_3', { time: at(0) }), noon);
    store.stats(snapshotJson({ time: at(5) }), noon);
    expect(idsOf(shown(store))).toEqual(['tp_2', 'tp_1', 'tp_3']);
    store.stats(snapshotJson({ time: at(6), in_flight: 1 }), noon);
    expect(idsOf(shown(store))).toEqual(['tp_2', 'tp_3']);
  });

  it('are gone after ten minutes without a word', () => {
    const store = opened();
    store.event('started', startedJson('tp_1'), noon);
    store.event('started', startedJson('tp_2'), noon);
    store.event('progress', { id: 'tp_2', tokens: null, cost_usd: 1 }, noon + 300_000);
    expect(idsOf(shown(store, noon + 599_000))).toEqual(['tp_2', 'tp_1']);
    expect(idsOf(shown(store, noon + 601_000))).toEqual(['tp_2']);
  });

  it('on their way are gone with the proxy that they were on their way through', () => {
    const store = opened();
    store.event('hello', snapshotJson(), noon);
    store.event('started', startedJson('tp_1'), noon);
    store.event('ended', endedJson('tp_2'), noon);
    store.event('hello', snapshotJson({ in_flight: 1 }), noon);
    expect(idsOf(shown(store))).toEqual(['tp_1', 'tp_2']);
    store.event('hello', snapshotJson({ instance: 'two' }), noon);
    expect(idsOf(shown(store))).toEqual(['tp_2']);
  });
});

describe('money', () => {
  it('is counted once, whoever tells of it and how often', () => {
    const store = opened();
    const ended = endedJson('tp_1', { time: at(-5) });
    store.recent({ requests: [ended] }, noon);
    store.recent({ requests: [ended] }, noon);
    store.event('ended', endedJson('tp_2'), noon);
    store.recent({ requests: [ended, endedJson('tp_2')] }, noon);
    expect(spentIn(shown(store))).toEqual({ requests: 2, costUsd: 0.5 });
    expect(shown(store).slices(1, 6)[0]).toMatchObject({ requests: 1, tokens: 180, cacheRead: 100, input: 130 });
  });

  it('of events that were left out is taken from the snapshot', () => {
    const store = opened();
    const spent = (requests: number, costUsd: number): object => ({
      run: { ...snapshotJson().run, requests, cost_usd: costUsd },
    });
    store.event('hello', snapshotJson(spent(10, 5)), noon);
    store.event('ended', endedJson('tp_1'), noon);
    store.stats(snapshotJson(spent(12, 5.5)), noon);
    expect(spentIn(shown(store)).requests).toBe(1);
    store.event('notice', { code: 'skipped', message: 'x', skipped: 40, time: at(0) }, noon);
    store.stats(snapshotJson(spent(14, 6.5)), noon);
    expect(spentIn(shown(store))).toEqual({ requests: 4, costUsd: 1.5 });
    store.stats(snapshotJson(spent(14, 6.5)), noon);
    store.event('ended', endedJson('tp_2'), noon);
    store.stats(snapshotJson(spent(15, 6.75)), noon);
    expect(spentIn(shown(store))).toEqual({ requests: 5, costUsd: 1.75 });
  });
});

describe('notices', () => {
  it('stand newest first, 200 at most, with how bad they are', () => {
    const store = opened();
    const told = (code: string, message: string): void =>
      store.event('notice', { version: 1, time: at(0), code, message, skipped: null }, noon);
    for (let n = 0; n < 300; n++) told('other', `number ${n}`);
    told('circuit', 'circuit breaker of openai is open: requests are refused at once (failures)');
    told('circuit', 'circuit breaker of openai is closed: requests pass again (probe)');
    told('budget', 'the budget day is used to 80 %: $16 of $20');
    const { notices } = shown(store);
    expect(notices).toHaveLength(200);
    expect(notices.slice(0, 4).map(({ level }) => level)).toEqual(['warn', 'info', 'error', 'info']);
    expect(notices[3]).toEqual({ time: noon, level: 'info', message: 'number 299' });
  });

  it('of events that were left out are one line', () => {
    const store = opened();
    for (const skipped of [7, 5]) store.event('notice', { code: 'skipped', message: 'x', skipped, time: at(0) }, noon);
    expect(shown(store).notices.map(({ message }) => message)).toEqual([
      '12 events were left out: there was no room for them',
    ]);
  });
});

describe('whatever a proxy sends', () => {
  it('nothing of it throws, and what is kept can be drawn', () => {
    const names = fc.constantFrom('hello', 'started', 'progress', 'ended', 'notice', '__proto__', '');
    const wrong = fc.oneof(fc.anything(), fc.constant(NaN), fc.string());
    const broken = fc
      .record({ key: fc.constantFrom(...Object.keys(endedJson('x'))), value: wrong })
      .map(({ key, value }) => ({ ...endedJson('tp_1'), [key]: value }));
    fc.assert(
      fc.property(fc.array(fc.tuple(names, fc.oneof(wrong, broken)), { maxLength: 20 }), wrong, (events, body) => {
        const store = opened();
        for (const [name, data] of events) store.event(name, data, noon);
        store.stats(body, noon);
        store.health(body);
        store.recent(body, noon);
        store.recent({ requests: events.map(([, data]) => data) }, noon);
        const state = shown(store);
        expect(state.snapshot).toBeNull();
        for (const { time, id, attempts, costUsd } of state.requests) {
          expect(new Date(time).getTime()).toBe(time);
          expect(typeof id).toBe('string');
          expect(Array.isArray(attempts)).toBe(true);
          expect(costUsd === null || Number.isFinite(costUsd)).toBe(true);
        }
        expect(spentIn(state).costUsd).not.toBeNaN();
      }),
    );
  });

  it('a snapshot without a part that panels draw is none', () => {
    const store = opened();
    store.stats(snapshotJson(), noon);
    const { windows: _, ...rest } = snapshotJson({ instance: 'two' });
    store.stats(rest, noon);
    store.stats(snapshotJson({ instance: 'two', providers: { a: 5 as never } }), noon);
    store.health({ ...healthJson(), circuit_breakers: { a: {} } });
    expect(shown(store)).toMatchObject({ snapshot: { instance: 'one' }, health: null });
  });

  it('its memory stays as it is', { timeout: 60_000 }, () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const store = opened();
    const play = (from: number, count: number): void => {
      for (let n = from; n < from + count; n += 4) {
        const now = noon + n;
        const time = new Date(now).toISOString();
        store.event('started', startedJson(`tp_${n}`, { time }), now);
        store.event('progress', { id: `tp_${n}`, tokens: null, cost_usd: 1 }, now);
        store.event('ended', endedJson(`tp_${n % 8 === 0 ? n : -n}`, { time }), now);
        store.event('notice', { code: 'a', message: `number ${n}`, time }, now);
        if (n % 1000 === 0) store.publish(now);
      }
      collect();
    };
    play(0, 50_000);
    const before = process.memoryUsage().heapUsed;
    play(50_000, 1_000_000);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(2_000_000);
    expect(store.getSnapshot().requests).toHaveLength(500);
  });
});
