import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { call as testCall, type CallParts } from '../../../test/support/exchange.ts';
import { fakeClock } from '../../../test/support/fake-clock.ts';
import { requestRecord } from '../../../test/support/request-record.ts';
import { ProxyError, type ErrorName } from '../errors.ts';
import type { RoutedCall, Settle, Target } from '../exchange.ts';
import type { Observer } from '../observers.ts';
import type { Attempt, Outcome } from '../record.ts';
import type { Reply } from '../reply.ts';
import { StreamEvent } from '../stream-events.ts';
import { createBreakers } from './breakers.ts';
import { breakerOptions, type BreakerOptions } from './options.ts';
import { circuitBreaker } from './stage.ts';

const target: Target = {
  ...{ provider: 'anthropic', origin: 'http://127.0.0.1', path: '/', model: 'opus', firstByteMs: null },
  ...{ credential: null, local: false, allowsPrivate: true },
};

function replyOf(status: number): Reply {
  const body = { start: () => undefined, pause: () => undefined, resume: () => undefined, cancel: () => undefined };
  return { status, headers: [], dialect: 'anthropic-messages', hasBody: true, body, layers: [] };
}

const sse = (data: object): StreamEvent => new StreamEvent('', JSON.stringify(data));

interface Play {
  readonly status?: number;
  readonly events?: readonly object[];
  readonly outcome?: Outcome;
  readonly attempt?: Partial<Attempt>;
  readonly tookMs?: number;
  readonly call?: CallParts;
  readonly target?: Partial<Target>;
}

function harness(options: Partial<BreakerOptions> = {}) {
  const clock = fakeClock();
  const breakers = createBreakers({
    options: breakerOptions.parse(options),
    now: clock.now,
    random: () => 0,
    changed: () => undefined,
  });
  const stage = circuitBreaker({ breakers, now: clock.now });
  const state = (): string => breakers.state('anthropic', 'opus');
  const failures = (): number => breakers.status()['anthropic']?.failures_in_window ?? 0;

  function callOf(parts: CallParts = {}, targetParts: Partial<Target> = {}): RoutedCall {
    return { ...testCall(parts), target: { ...target, ...targetParts } };
  }

  /** A request whose provider answers; without an outcome it stays under way. */
  async function begun({ status = 200, tookMs = 0, ...play }: Play = {}) {
    const held: Settle[] = [];
    const passed: RoutedCall[] = [];
    const reply = await stage.handle(
      callOf({ hold: (settle) => void held.push(settle), ...play.call }, play.target),
      (call) => {
        passed.push(call);
        clock.advance(tookMs);
        return Promise.resolve(replyOf(status));
      },
    );
    const observers: Observer[] = reply.layers.flatMap((layer) => ('observer' in layer ? [layer.observer] : []));
    const record = requestRecord({
      attempts: [{ provider: 'anthropic', status, outcome: null, ms: 1, ...play.attempt }],
    });
    const show = (data: object): void => observers.forEach((observer) => observer.event?.(sse(data)));
    const end = (outcome: Outcome): void => {
      observers.forEach((observer) => observer.ended?.(outcome, record));
      held.forEach((settle) => settle(record));
    };
    for (const event of play.events ?? []) show(event);
    if (play.outcome) end(play.outcome);
    return { show, end, held, observers, passed: passed[0] as RoutedCall };
  }

  /** A request that ends with an error instead of a reply. */
  async function failed(name: ErrorName, isNeutral = false): Promise<unknown> {
    const error = new ProxyError(name, 'it failed', { isNeutral });
    return Promise.resolve(stage.handle(callOf(), () => Promise.reject(error))).catch((thrown: unknown) => thrown);
  }

  async function fail(times = 5): Promise<void> {
    for (let count = 0; count < times; count++) await begun({ status: 500 });
  }

  async function open(): Promise<void> {
    await fail();
    expect(state()).toBe('open');
    clock.advance(60_000);
  }

  return { breakers, stage, state, failures, begun, failed, fail, open, clock, callOf };
}

describe('a status', () => {
  it.each([500, 502, 503, 504, 529, 599, 408])('of %i is a failure, known with the head', async (status) => {
    const { begun, state } = harness();
    for (let count = 0; count < 5; count++) expect((await begun({ status })).observers).toEqual([]);
    expect(state()).toBe('open');
  });

  it.each([
    [2_000_000, true, 'closed'],
    [2_000_000, false, 'open'],
    [2000, true, 'open'],
  ])('or its lack, where %d bytes were sent (%s), leaves it %s: the size may be why', async (bytes, isSent, then) => {
    const { stage, callOf, state } = harness();
    const record = requestRecord({ attempts: [{ provider: 'a', status: null, outcome: null, ms: 1, isSent }] });
    const large = callOf({ record, body: { kind: 'bytes', bytes: Buffer.alloc(bytes) } });
    for (let count = 0; count < 5; count++) {
      const lost = Promise.reject(new ProxyError('upstream_unreachable', 'it hung up'));
      await expect(stage.handle(large, () => lost)).rejects.toThrow('hung up');
    }
    expect(state()).toBe(then);
  });

  it('or an error says nothing of a provider that has lost its patience with an upload', async () => {
    const { stage, callOf, state } = harness();
    const record = requestRecord({ attempts: [{ provider: 'a', status: 408, outcome: null, ms: 1, isSent: true }] });
    const upload = callOf({ record, body: { kind: 'stream', stream: Readable.from([]), length: null } });
    for (let count = 0; count < 20; count++) {
      await stage.handle(upload, () => Promise.resolve(replyOf(408)));
      const lost = Promise.reject(new ProxyError('upstream_unreachable', 'it hung up'));
      await expect(stage.handle(upload, () => lost)).rejects.toThrow('hung up');
    }
    expect(state()).toBe('closed');
    record.attempts.at(-1)!.isSent = false;
    for (let count = 0; count < 5; count++) {
      const lost = Promise.reject(new ProxyError('upstream_unreachable', 'nobody there'));
      await expect(stage.handle(upload, () => lost)).rejects.toThrow('nobody');
    }
    expect(state()).toBe('open');
  });

  it.each([400, 401, 402, 403, 404, 409, 413, 422, 429])('of %i says nothing of the provider', async (status) => {
    const { begun, state } = harness();
    for (let count = 0; count < 20; count++) await begun({ status });
    expect(state()).toBe('closed');
  });

  it.each([400, 401, 429])('of %i shows that the provider is alive when it is being tried', async (status) => {
    const { begun, open, state } = harness();
    await open();
    await begun({ status });
    expect(state()).toBe('closed');
  });

  it('of a sixth request is never known: nobody is asked', async () => {
    const { fail, stage, callOf } = harness();
    await fail();
    let asked = 0;
    const sixth = (): Promise<Reply> => stage.handle(callOf(), () => Promise.resolve(replyOf(++asked)));
    expect(sixth).toThrow(expect.objectContaining({ code: 'circuit_open', retryAfterSeconds: 60 }));
    expect(asked).toBe(0);
  });
});

describe('an error instead of a reply', () => {
  it.each([
    'upstream_unreachable',
    'upstream_protocol',
    'upstream_truncated',
    'upstream_tls',
    'upstream_timeout',
  ] as const)('%s is a failure, and goes on as it is', async (name) => {
    const { failed, state } = harness();
    for (let count = 0; count < 5; count++)
      expect(await failed(name)).toMatchObject({ code: name, message: 'it failed' });
    expect(state()).toBe('open');
  });

  it.each([
    'overloaded',
    'loop',
    'internal',
    'draining',
    'upstream_redirect',
    'rate_limited',
    'budget_exhausted',
  ] as const)('%s says nothing of the provider', async (name) => {
    const { failed, state } = harness();
    for (let count = 0; count < 20; count++) await failed(name);
    expect(state()).toBe('closed');
  });

  it('that is not one of ours says nothing of the provider either', async () => {
    const { stage, callOf, state } = harness({ failures: 1 });
    await expect(stage.handle(callOf(), () => Promise.reject(new TypeError('a bug')))).rejects.toThrow('a bug');
    expect(state()).toBe('closed');
  });

  it('says nothing where the user has made the deadline shorter', async () => {
    const { failed, state } = harness();
    for (let count = 0; count < 20; count++) await failed('upstream_timeout', true);
    expect(state()).toBe('closed');
  });

  it('that is thrown before anything was asked leaves no lease behind', async () => {
    const { open, stage, callOf, begun, state } = harness();
    await open();
    const busy = (): never => {
      throw new ProxyError('overloaded', 'busy');
    };
    await expect(stage.handle(callOf(), busy)).rejects.toMatchObject({ code: 'overloaded' });
    expect(state()).toBe('half_open');
    await begun({ outcome: 'ok' });
    expect(state()).toBe('closed');
  });
});

describe('the end of a reply', () => {
  it.each([
    'upstream_truncated',
    'upstream_timeout',
    'upstream_protocol',
    'upstream_unreachable',
    'upstream_stream_error',
  ] as const)('%s is a failure', async (outcome) => {
    const { begun, state, breakers } = harness();
    for (let count = 0; count < 5; count++) await begun({ outcome });
    expect(state()).toBe('open');
    expect(breakers.status()['anthropic']?.last_failure).toBe(outcome);
  });

  it.each(['client_abort', 'client_stalled', 'shutdown_cut', 'rejected_invalid', 'internal_error'] as const)(
    '%s says nothing of the provider',
    async (outcome) => {
      const { begun, state } = harness();
      for (let count = 0; count < 20; count++) await begun({ outcome });
      expect(state()).toBe('closed');
    },
  );

  it('says nothing where the deadline that passed was a shorter one of the user', async () => {
    const { begun, state } = harness();
    for (let count = 0; count < 20; count++) await begun({ outcome: 'upstream_timeout', attempt: { isNeutral: true } });
    expect(state()).toBe('closed');
  });

  it('keeps the circuit closed where it is good and others fail', async () => {
    const { begun, fail, state } = harness();
    for (let round = 0; round < 5; round++) {
      for (let count = 0; count < 5; count++) await begun({ outcome: 'ok' });
      await fail(1);
    }
    expect(state()).toBe('closed');
  });
});

describe('an error that a provider reports in its stream', () => {
  const declined = [
    { type: 'error', error: { type: 'invalid_request_error', message: 'no' } },
    { type: 'error', error: { type: 'rate_limit_error', message: 'no' } },
    { type: 'error', error: { type: 'request_too_large', message: 'no' } },
    { error: { message: 'no', type: 'insufficient_quota', param: null, code: 'insufficient_quota' } },
    { id: 'gen', choices: [], error: { code: 403, message: 'no' } },
    { type: 'response.failed', response: { status: 'failed', error: { code: 'invalid_prompt', message: 'no' } } },
    { type: 'error', code: 'rate_limit_exceeded', message: 'no' },
    { error: { code: 429, message: 'no', status: 'RESOURCE_EXHAUSTED' } },
  ];
  const sick = [
    { type: 'error', error: { type: 'overloaded_error', message: 'invalid_request_error' } },
    { type: 'error', error: { type: 'api_error', message: 'no' } },
    { type: 'error', error: { type: 'timeout_error', message: 'no' } },
    { error: { message: 'no', type: 'server_error', code: null } },
    { id: 'gen', choices: [], error: { code: 502, message: 'no' } },
    { type: 'response.failed', response: { status: 'failed', error: { code: 'server_error', message: 'no' } } },
    { error: { code: 503, message: 'no', status: 'UNAVAILABLE' } },
    { error: { code: 408, message: 'no' } },
  ];
  const plain = { type: 'message_start', message: { content: [{ text: '"error"' }] } };

  it.each(declined)('says nothing of its health: %j', async (event) => {
    const { begun, failures } = harness();
    await begun({ events: [plain, event], outcome: 'upstream_stream_error' });
    expect(failures()).toBe(0);
  });

  it.each(sick)('is a failure: %j', async (event) => {
    const { begun, failures } = harness();
    await begun({ events: [plain, event], outcome: 'upstream_stream_error' });
    expect(failures()).toBe(1);
  });

  it('is found though usage and a closing mark follow it', async () => {
    const { begun, failures } = harness();
    const events = [...Array<object>(50).fill(plain), declined[3] as object, { usage: {} }, { done: true }];
    await begun({ events, outcome: 'upstream_stream_error' });
    expect(failures()).toBe(0);
  });
});

describe('the probe', () => {
  it('gets a deadline of its own, and a shorter one stays', async () => {
    const { open, begun } = harness({ probeSeconds: 20 });
    expect((await begun({ outcome: 'ok' })).passed.target.firstByteMs).toBeNull();
    await open();
    const first = await begun({ target: { firstByteMs: 5000 } });
    expect(first.passed.target.firstByteMs).toBe(5000);
    first.end('client_abort');
    const second = await begun({ target: { firstByteMs: 300_000 } });
    expect(second.passed.target.firstByteMs).toBe(20_000);
    second.end('client_abort');
    expect((await begun()).passed.target).toMatchObject({ provider: 'anthropic', firstByteMs: 20_000 });
  });

  it('closes the circuit with its first event, and a stream that breaks later is one failure', async () => {
    const { open, begun, state, failures } = harness();
    await open();
    const probe = await begun();
    expect(state()).toBe('half_open');
    probe.show({ type: 'message_start' });
    expect(state()).toBe('closed');
    probe.end('upstream_truncated');
    expect([state(), failures()]).toEqual(['closed', 1]);
  });

  it('closes the circuit with the end of a whole body', async () => {
    const { open, begun, state } = harness();
    await open();
    const probe = await begun();
    expect(state()).toBe('half_open');
    probe.end('ok');
    expect(state()).toBe('closed');
  });

  it('fails with an error as its first event', async () => {
    const { open, begun, state } = harness();
    await open();
    await begun({
      events: [{ type: 'error', error: { type: 'overloaded_error', message: 'no' } }],
      outcome: 'upstream_stream_error',
    });
    expect(state()).toBe('open');
  });

  it('shows with an error that declines the request that the provider is alive', async () => {
    const { open, begun, state } = harness();
    await open();
    await begun({
      events: [{ type: 'error', error: { type: 'invalid_request_error', message: 'no' } }],
      outcome: 'upstream_stream_error',
    });
    expect(state()).toBe('closed');
  });

  it.each([true, false])(
    'fails when its deadline passes before the head, as others’ shorter deadline or not: %s',
    async (isNeutral) => {
      const { open, failed, state } = harness();
      await open();
      await failed('upstream_timeout', isNeutral);
      expect(state()).toBe('open');
    },
  );

  it('fails when its deadline passes behind the head', async () => {
    const { open, begun, state } = harness();
    await open();
    await begun({ outcome: 'upstream_timeout', attempt: { isNeutral: true } });
    expect(state()).toBe('open');
  });

  it('gives the circuit back when its client leaves before the answer', async () => {
    const { open, stage, callOf, state, begun, clock } = harness();
    await open();
    const held: Settle[] = [];
    // What upstream does of a call that is given up: its promise is never settled.
    void stage.handle(callOf({ hold: (settle) => void held.push(settle) }), () => new Promise(() => undefined));
    clock.advance(1000);
    held.forEach((settle) => settle(requestRecord()));
    expect(state()).toBe('half_open');
    await begun({ outcome: 'ok' });
    expect(state()).toBe('closed');
  });

  it('gives the circuit back when its client leaves amid the answer', async () => {
    const { open, begun, state } = harness();
    await open();
    await begun({ outcome: 'client_abort' });
    expect(state()).toBe('half_open');
    await begun({ outcome: 'ok' });
    expect(state()).toBe('closed');
  });

  it('alone holds anything until the exchange has ended', async () => {
    const { begun, open } = harness();
    expect((await begun()).held).toHaveLength(0);
    await open();
    expect((await begun()).held).toHaveLength(1);
  });
});

describe('an answer that begins late', () => {
  it('is counted, and opens nothing', async () => {
    const { begun, breakers, state } = harness({ slowMs: 1000 });
    await begun({ tookMs: 1000, outcome: 'ok' });
    expect(breakers.counters()['anthropic']?.slow).toBe(0);
    for (let count = 0; count < 5; count++) await begun({ tookMs: 1001, outcome: 'ok' });
    expect(breakers.counters()['anthropic']?.slow).toBe(5);
    expect(state()).toBe('closed');
  });

  it('opens the circuit where the user wants it so', async () => {
    const { begun, state } = harness({ slowMs: 1000, slowRatio: 0.5 });
    for (let count = 0; count < 5; count++) await begun({ tookMs: 1001, outcome: 'ok' });
    expect(state()).toBe('open');
  });
});

describe('a breaker that is switched off', () => {
  it('passes everything on as it is', async () => {
    const { begun, breakers } = harness({ enabled: false });
    for (let count = 0; count < 20; count++) await begun({ status: 500 });
    expect((await begun()).observers).toEqual([]);
    expect(breakers.counters()).toEqual({});
  });
});
