import { tmpdir } from 'node:os';
import { beforeEach, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { fakeClock, type FakeClock } from '../../../test/support/fake-clock.ts';
import { marksFrom, requestRecord } from '../../../test/support/request-record.ts';
import { ProxyError } from '../errors.ts';
import { createMonitor, type Monitor, type Snapshot } from '../monitor/index.ts';
import type { Outcome, RequestRecord } from '../record.ts';
import { requestJson } from '../request-json.ts';
import { createTracing, type Tracing } from '../tracing/index.ts';
import {
  type Admin,
  type AdminAnswer,
  type AdminParts,
  createAdmin,
  type ProviderAddress,
  type WholeAnswer,
} from './index.ts';
import { answerSchemas, eventSchemas } from './schemas.ts';
import type { outcome } from './schemas/values.ts';

// A schema that says something else than the types is an error of the compiler.
export const typed: (snapshot: z.infer<typeof eventSchemas.hello>) => Snapshot = (snapshot) => snapshot;
export const outcomes: Record<Outcome, true> = {} as Record<z.infer<typeof outcome>, true>;

const unknownPrice = { picodollars: null, savedPicodollars: null, unpricedReason: 'unknown model' } as const;

describe('the own endpoints', () => {
  let clock: FakeClock;
  let monitor: Monitor;
  let tracing: Tracing;
  let draining: boolean;
  let storage: 'ok' | 'degraded';
  let parts: AdminParts;
  let admin: Admin;

  beforeEach(() => {
    clock = fakeClock();
    draining = false;
    storage = 'ok';
    monitor = createMonitor({
      clock,
      version: '0.1.0',
      instance: 'main',
      metrics: 'on',
      today: () => null,
      isPlayMoney: () => false,
      progressOf: ({ tokens }) => tokens && { tokens, picodollars: 5 },
      traffic: () => ({ circuits: {}, budgets: [], limits: new Map() }),
      limits: () => [],
      ledgerDropped: () => 0,
      retryBudgets: () => [],
      shed: () => ({}),
    });
    tracing = createTracing({ redact: (text) => text, costParts: () => null });
    parts = {
      ...monitor,
      clock,
      name: 'tokenpak',
      version: '0.1.0',
      instance: 'main',
      requestTimeoutMs: 1500,
      stateDir: tmpdir(),
      circuitBreakers: () => ({}),
      shedding: () => null,
      storage: () => ({ state: storage, reason: null, dropped: 0, late: 0, syncFailures: 0 }),
      isDraining: () => draining,
      providers: () => [],
      traces: tracing.newest,
      trace: tracing.trace,
    };
    admin = createAdmin(parts);
  });

  function finish(overrides: Partial<RequestRecord> = {}): void {
    const record = requestRecord({ marks: marksFrom(clock.now()), ...overrides });
    monitor.started(record);
    monitor.finished(record, requestJson(record));
    tracing.finished(record);
  }

  async function get(path: string, query = ''): Promise<WholeAnswer> {
    const answer = await admin('GET', path, query);
    if (!answer || 'stream' in answer) throw new Error(`${path} gave no whole answer`);
    return answer;
  }

  async function getJson(path: string, query = ''): Promise<Record<string, unknown>> {
    return JSON.parse((await get(path, query)).body) as Record<string, unknown>;
  }

  it('leave all other paths to the provider', () => {
    for (const path of ['/v1/messages', '/stats/', '/trace', '/trace/', '/STATS', '//', '', '/__proto__']) {
      expect(admin('GET', path, '')).toBeNull();
    }
  });

  it.each(Object.keys(answerSchemas))('%s answers what its schema says, before and after requests', async (path) => {
    const schema = answerSchemas[path as keyof typeof answerSchemas];
    const neverEmpty = path !== '/stats/last' && path !== '/trace/{id}';
    if (neverEmpty) schema.parse(await getJson(path));
    finish();
    finish({ cost: unknownPrice, tokens: null, outcome: 'upstream_error', status: 529, exactness: 'unmetered' });
    finish({ provider: null, model: null, attempts: [], outcome: 'rejected_invalid', status: 400, tokens: null });
    const query = path === '/stats/session' ? '?session=session-1' : '';
    schema.parse(await getJson(path.replace('{id}', 'tp_test'), query));
  });

  it('answer 200 and JSON that is not to be kept or guessed at', async () => {
    const { status, headers, body } = await get('/stats');
    expect(status).toBe(200);
    expect(headers.join(' ')).toBe(
      'content-type application/json cache-control no-store ' +
        `x-content-type-options nosniff content-length ${Buffer.byteLength(body)}`,
    );
  });

  it.each(Object.keys(answerSchemas).concat('/metrics'))('%s answers HEAD as GET without its body', async (path) => {
    finish();
    const known = path.replace('{id}', 'tp_test');
    const whole = await get(known);
    expect(await admin('HEAD', known, '')).toEqual({ ...whole, body: '' });
  });

  it('answer HEAD of an endless answer with its head alone', async () => {
    const answer = (await admin('HEAD', '/events', '')) as AdminAnswer;
    expect(answer).toMatchObject({ status: 200, body: '' });
    expect(answer.headers).toContain('text/event-stream');
  });

  it('refuse every method that could mean a change', () => {
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
      const refused = thrownBy(() => admin(method, '/stats', ''));
      expect(refused).toMatchObject({ code: 'method', allow: ['GET', 'HEAD'] });
      expect(refused.kind.status).toBe(405);
    }
  });

  it('list themselves', async () => {
    const { name, version, endpoints } = await getJson('/');
    expect({ name, version }).toEqual({ name: 'tokenpak', version: '0.1.0' });
    expect(endpoints).toContainEqual({ path: '/events', summary: expect.any(String) as string });
  });

  it('tell the health from memory', async () => {
    clock.advance(12_345);
    monitor.started(requestRecord());
    finish({ outcome: 'internal_error' });
    expect(await getJson('/health')).toMatchObject({
      status: 'ok',
      uptime_seconds: 12.345,
      compression_ratio_avg: 1,
      circuit_breakers: {},
      index_freshness: { available: false, age_seconds: null, stale: false },
      request_timeout_seconds: 1.5,
      version: '0.1.0',
      pid: process.pid,
      in_flight_requests: 1,
      requests_total: 1,
      errors_total: 1,
      storage: { state: 'ok' },
    });
  });

  it('say degraded while the ledger cannot be written, and draining while it stops, with 200', async () => {
    storage = 'degraded';
    expect(await getJson('/health')).toMatchObject({ status: 'degraded' });
    draining = true;
    expect(await getJson('/health')).toMatchObject({ status: 'draining' });
    expect((await get('/health')).status).toBe(200);
  });

  it('are alive but not ready while the proxy stops', async () => {
    expect((await get('/readyz')).status).toBe(200);
    draining = true;
    expect((await get('/readyz')).status).toBe(503);
    expect((await get('/livez')).status).toBe(200);
  });

  it('find out memory, disk, event loop and providers when asked deeply', async () => {
    const refusing: ProviderAddress['lookup'] = (_name, _options, callback) => callback(new Error('refused'), '', 0);
    const provider = { name: 'nobody', origin: 'http://provider.test', lookup: refusing };
    admin = createAdmin({ ...parts, providers: () => [provider] });
    const asked = getJson('/health', '?deep=true');
    clock.advance(100);
    const health = answerSchemas['/health'].parse(await asked);
    expect(health.memory?.rss_bytes).toBeGreaterThan(1_000_000);
    expect(health.disk?.total_bytes).toBeGreaterThan(0);
    expect(health.event_loop?.max_ms).toBeGreaterThanOrEqual(0);
    expect(health.providers?.['nobody']).toMatchObject({ reachable: false, error: 'refused' });
  });

  it('do not fail on a state directory that is gone', async () => {
    admin = createAdmin({ ...parts, stateDir: '/nowhere/at/all' });
    const asked = getJson('/health', '?deep=true');
    clock.advance(100);
    expect(await asked).toMatchObject({ disk: null });
  });

  it('give the last requests, newest first, as many as asked for', async () => {
    for (const id of ['tp_1', 'tp_2', 'tp_3']) finish({ id });
    const ids = async (query: string): Promise<string[]> =>
      answerSchemas['/recent'].parse(await getJson('/recent', query)).requests.map(({ id }) => id);
    expect(await ids('')).toEqual(['tp_3', 'tp_2', 'tp_1']);
    expect(await ids('?limit=2')).toEqual(['tp_3', 'tp_2']);
    expect(await getJson('/stats/last')).toMatchObject({ id: 'tp_3' });
    for (const query of ['?limit=0', '?limit=501', '?limit=-1', '?limit=x', '?limit=']) {
      await expect(get('/recent', query)).rejects.toMatchObject({ code: 'invalid_request' });
    }
  });

  it('tell of a session of this run, or of the whole run', async () => {
    finish();
    finish({ caller: { address: '127.0.0.1', project: null, session: 'a b', agent: null, key: null } });
    expect(await getJson('/stats/session')).toMatchObject({ session: null, requests: 2 });
    expect(await getJson('/stats/session', '?session=a%20b')).toMatchObject({ session: 'a b', requests: 1 });
    await expect(get('/stats/session', '?session=unknown')).rejects.toMatchObject({ code: 'not_found' });
  });

  it('answer 404 where there is nothing to tell of yet', async () => {
    await expect(get('/stats/last')).rejects.toMatchObject({ code: 'not_found' });
    await expect(get('/trace/tp_unknown')).rejects.toMatchObject({ code: 'not_found' });
  });

  it('have no metrics when they are off', async () => {
    expect((await get('/metrics')).headers).toContain('text/plain; version=0.0.4; charset=utf-8');
    admin = createAdmin({ ...parts, metrics: () => null });
    await expect(get('/metrics')).rejects.toMatchObject({ code: 'not_found' });
  });

  it('stream events that are what their schemas say, until the reader leaves', () => {
    const answer = admin('GET', '/events', '');
    if (!answer || !('stream' in answer)) throw new Error('no stream');
    let text = '';
    const leave = answer.stream({ write: (more) => void (text += more), unreadBytes: () => 0, close: () => {} });
    const onItsWay = requestRecord({ id: 'tp_way', outcome: null });
    monitor.started(onItsWay);
    monitor.notice('storage', 'the disk is full');
    clock.advance(300);
    finish();
    clock.advance(100);
    leave();
    finish();
    clock.advance(100);
    const seen = [...text.matchAll(/event: (\w+)\ndata: (.*)\n\n/g)].map(([, event, data]) => {
      eventSchemas[event as keyof typeof eventSchemas].parse(JSON.parse(data!));
      return event;
    });
    expect(seen).toEqual(['hello', 'started', 'notice', 'progress', 'started', 'ended']);
  });
});

function thrownBy(run: () => unknown): ProxyError {
  try {
    run();
  } catch (thrown) {
    if (thrown instanceof ProxyError) return thrown;
  }
  throw new Error('nothing of ours was thrown');
}
