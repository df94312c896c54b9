import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { endedJson, snapshotJson, startedJson } from '../../test/support/dashboard.ts';
import { FakeProxy } from '../../test/support/fake-proxy.ts';
import { openSource, type Source } from './source.ts';
import type { DashboardState } from './state.ts';
import { DashboardStore } from './store.ts';

let proxy: FakeProxy;
let source: Source | null = null;
let store: DashboardStore;

function open(port: number, more: object = {}): void {
  const baseUrl = `http://127.0.0.1:${port}`;
  store = new DashboardStore({ url: baseUrl, readOnly: false, now: Date.now() });
  source = openSource({ baseUrl, token: 't', store, activeMs: 5, idleMs: 600_000, ...more });
}

function state(): DashboardState {
  store.publish(Date.now());
  return store.getSnapshot();
}

const wait = { timeout: 15_000, interval: 5 };
const until = (check: () => void): Promise<void> => vi.waitFor(check, wait);

beforeEach(() => {
  proxy = new FakeProxy();
});
afterEach(async () => {
  source?.close();
  source = null;
  await proxy.die();
});

describe('a source', () => {
  it('connects, seeds the screen with the last requests, follows events and polls', async () => {
    open(await proxy.listen());
    expect(state().connection).toEqual({ state: 'connecting' });
    await until(() => expect(state().requests.map(({ id }) => id)).toEqual(['tp_old']));
    await until(() => expect(state()).toMatchObject({ snapshot: { in_flight: 3 }, health: { status: 'ok' } }));
    expect(state().connection).toEqual({ state: 'live' });
    proxy.tell('started', startedJson('tp_new', { time: '2026-11-22T13:00:00.000Z' }));
    await until(() => expect(state().requests[0]).toMatchObject({ id: 'tp_new', totalMs: null }));
    proxy.tell('ended', endedJson('tp_new', { time: '2026-11-22T13:00:00.000Z' }));
    await until(() => expect(state().requests[0]).toMatchObject({ id: 'tp_new', totalMs: 100 }));
    expect(proxy.token).toBe('t');
  });

  it('polls over one connection, and rarely while nobody watches', async () => {
    open(await proxy.listen());
    const polls = (): number => proxy.asked.filter((path) => path === '/stats').length;
    await until(() => expect(polls()).toBeGreaterThan(3));
    expect(proxy.sockets.size).toBe(1);
    source!.setPace(false);
    // The one that may be on its way, and the one that it has set a timer for.
    const before = polls();
    proxy.answers['/stats'] = snapshotJson({ in_flight: 7 });
    await source!.recent();
    await source!.recent();
    expect(polls()).toBeLessThanOrEqual(before + 2);
    source!.setPace(true);
    await until(() => expect(polls()).toBeGreaterThan(before + 3));
    expect(state().snapshot!.in_flight).toBe(7);
  });

  it('tells of a proxy that died, and that it is there again, with the new one’s own requests', async () => {
    const port = await proxy.listen();
    open(port);
    await until(() => expect(state().snapshot?.in_flight).toBe(3));
    proxy.tell('started', startedJson('tp_cut'));
    await until(() => expect(state().requests).toHaveLength(2));
    const died = Date.now();
    await proxy.die();
    await until(() => expect(state().connection.state).toBe('lost'));
    const { connection } = state();
    expect(connection.state === 'lost' && connection.since).toBeGreaterThanOrEqual(died);
    proxy.answers['/stats'] = snapshotJson({ instance: 'two', in_flight: 1 });
    proxy.answers['/recent?limit=500'] = { requests: [endedJson('tp_two')] };
    await proxy.listen(port);
    await until(() => expect(state().snapshot?.instance).toBe('two'));
    await until(() =>
      expect(
        state()
          .requests.map(({ id }) => id)
          .toSorted(),
      ).toEqual(['tp_old', 'tp_two']),
    );
    expect(state().connection).toEqual({ state: 'live' });
    expect(state().notices.map(({ level }) => level)).toEqual(['info', 'error']);
  });

  it('tells at once that nobody is there, and finds who comes later', async () => {
    const port = await proxy.listen();
    await proxy.die();
    open(port);
    await until(() => expect(state().connection.state).toBe('lost'));
    expect(state().notices[0]).toMatchObject({ level: 'error', message: expect.stringContaining('ECONNREFUSED') });
    const { connection } = state();
    await proxy.listen(port);
    await until(() => expect(state().connection.state).toBe('live'));
    expect(connection).not.toEqual(state().connection);
  });

  it('tells of a proxy that takes connections and does not answer', async () => {
    open(await proxy.listen(), { timeoutMs: 50 });
    await until(() => expect(state().snapshot?.in_flight).toBe(3));
    proxy.silent = true;
    await until(() => expect(state().connection.state).toBe('lost'));
    proxy.silent = false;
    await until(() => expect(state().connection.state).toBe('live'));
  });

  it('survives what is no proxy', async () => {
    Object.assign(proxy.answers, { '/stats': '{"a":', '/recent?limit=500': '[1,2]', '/health': '<html>' });
    open(await proxy.listen());
    await until(() => expect(state().connection.state).toBe('lost'));
    for (const name of ['hello', 'started', 'ended', 'progress', 'notice']) {
      for (const data of ['{"a', 'null', '[]', '7', '{"id":7}']) proxy.tell(name, data);
    }
    proxy.tell('ended', endedJson('tp_after'));
    await until(() => expect(state().requests.map(({ id }) => id)).toEqual(['tp_after']));
  });

  it('gives the way of one request, or null', async () => {
    const trace = { version: 1, id: 'tp_1', stages: [], marks_ms: {}, attempts: [] };
    proxy.answers['/trace/tp_1'] = trace;
    proxy.answers['/trace/tp_2'] = [];
    open(await proxy.listen());
    expect(await source!.detail('tp_1')).toEqual(trace);
    expect(await source!.detail('tp_2')).toBeNull();
    expect(await source!.detail('tp_3')).toBeNull();
    expect(await source!.detail('../stats')).toBeNull();
    expect(proxy.asked).toContain('/trace/..%2Fstats');
    await proxy.die();
    expect(await source!.detail('tp_1')).toBeNull();
  });

  it('is quiet once it is closed', async () => {
    open(await proxy.listen());
    await until(() => expect(state().snapshot?.in_flight).toBe(3));
    source!.close();
    const before = state();
    await until(() => expect([...proxy.readers].every(({ destroyed }) => destroyed)).toBe(true));
    const asked = proxy.asked.length;
    proxy.tell('ended', endedJson('tp_late'));
    await new Promise((resolve) => setImmediate(resolve));
    expect(proxy.asked.length - asked).toBeLessThanOrEqual(1);
    expect(state().requests).toEqual(before.requests);
    expect(state().connection).toEqual({ state: 'live' });
  });
});
