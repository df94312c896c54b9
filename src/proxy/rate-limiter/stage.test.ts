import { beforeEach, describe, expect, it } from 'vitest';
import { call, type CallParts } from '../../../test/support/exchange.ts';
import { fakeClock, type FakeClock } from '../../../test/support/fake-clock.ts';
import { requestRecord } from '../../../test/support/request-record.ts';
import type { Call, Envelope, Settle, Target } from '../exchange.ts';
import type { LimitRule } from '../quota.ts';
import type { RequestRecord } from '../record.ts';
import type { Reply } from '../reply.ts';
import { createLimits, type Limits } from './limits.ts';
import { rateLimiter } from './stage.ts';

const reply = {} as Reply;
const target = { provider: 'anthropic' } as Target;
let clock: FakeClock;
let limits: Limits;
beforeEach(() => {
  clock = fakeClock();
  limits = createLimits(clock);
});

function rule(parts: Partial<LimitRule>): LimitRule {
  const none = { requests: null, tokens: null, concurrent: null, burst: null, match: null, shadow: false } as const;
  return { name: 'test', per: 'all', ...none, ...parts };
}

interface Passed {
  readonly call: Call;
  readonly settle: (record?: Partial<RequestRecord>) => void;
}

/** Runs the stage, gives what it passed on, and a way to end the exchange. */
async function pass(parts: CallParts = {}, admit?: Call['admit']): Promise<Passed> {
  const held: Settle[] = [];
  const given = { ...call({ ...parts, hold: (settle) => held.push(settle) }), ...(admit && { admit }) };
  let passed: Call | null = null;
  const next = (on: Call): Promise<Reply> => {
    passed = on;
    return Promise.resolve(reply);
  };
  expect(await rateLimiter(limits).handle(given, next)).toBe(reply);
  const settle = (record: Partial<RequestRecord> = {}): void => {
    for (const run of held) run(requestRecord(record));
  };
  return { call: passed!, settle };
}

const left = (): number | null => limits.status()[0]!.scarcest[0]?.tokens_left ?? null;
const perHour = (amount: number) => ({ amount, periodMs: 3_600_000 });
const asking = (maxTokens: number | null, choices = 1) => ({ maxTokens, choices }) as Envelope;

describe('the rate limiter', () => {
  it('passes the call itself on where nothing is limited', async () => {
    const record = requestRecord();
    const given = call({ record });
    let passed: Call | null = null;
    await rateLimiter(limits).handle(given, (on) => ((passed = on), Promise.resolve(reply)));
    expect(passed).toBe(given);
    expect(record.limits).toEqual([]);
  });

  it('refuses before anything else happens', () => {
    limits.configure([rule({ requests: perHour(1) })]);
    const stage = rateLimiter(limits);
    let calls = 0;
    const next = (): Promise<Reply> => (calls++, Promise.resolve(reply));
    void stage.handle(call(), next);
    expect(() => stage.handle(call(), next)).toThrow('the limit test allows 1/h requests');
    expect(calls).toBe(1);
  });

  it('reserves the prompt and the output limit, and settles what was used; cache reads are not', async () => {
    limits.configure([rule({ tokens: perHour(1000) })]);
    const { settle } = await pass({ body: 'x'.repeat(400), envelope: asking(50, 2) });
    expect(left()).toBe(800);
    settle();
    expect(left()).toBe(1000 - 10 - 20 - 50);
  });

  it('reserves a usual output where the request sets none', async () => {
    limits.configure([rule({ tokens: perHour(10_000) })]);
    await pass({ body: '', envelope: asking(null) });
    expect(left()).toBe(10_000 - 1024);
  });

  it('gives all back where the provider was not asked, or answered without a bill', async () => {
    limits.configure([rule({ tokens: perHour(10_000) })]);
    const marks = { ...requestRecord().marks, sent: 0 };
    (await pass()).settle({ tokens: null, outcome: 'client_abort', marks });
    (await pass()).settle({ tokens: null, outcome: 'upstream_error' });
    expect(left()).toBeNull();
  });

  it('gives nothing back where the client left a provider at work', async () => {
    limits.configure([rule({ tokens: perHour(10_000) })]);
    (await pass({ body: '', envelope: asking(100) })).settle({ tokens: null, outcome: 'client_abort' });
    expect(left()).toBe(9900);
  });

  it('counts what generates nothing as a request, and not by tokens', async () => {
    limits.configure([rule({ requests: perHour(2), tokens: perHour(10) })]);
    await pass({ endpoint: { metered: false } });
    expect(limits.status()[0]!.scarcest).toMatchObject([{ requests_left: 1, tokens_left: 10 }]);
  });

  it('frees what is held by the end of the exchange, once', async () => {
    limits.configure([rule({ concurrent: 1 })]);
    const { settle } = await pass();
    await expect(pass()).rejects.toThrow('one request at a time');
    settle();
    settle();
    expect(limits.status()[0]!.in_flight).toBe(0);
    await pass();
  });
});

describe('a limit for providers', () => {
  it('is asked at each attempt, behind whoever limited attempts before', async () => {
    limits.configure([rule({ per: 'provider', requests: perHour(1) })]);
    const order: string[] = [];
    const admit = () => {
      order.push('admitted');
      return () => void order.push('undone');
    };
    const { call: passed } = await pass({}, admit);
    passed.admit(target);
    expect(() => passed.admit(target)).toThrow('for the provider anthropic');
    expect(order).toEqual(['admitted', 'admitted', 'undone']);
    passed.admit({ ...target, provider: 'openai' })();
    expect(order).toEqual(['admitted', 'admitted', 'undone', 'admitted', 'undone']);
  });

  it('lets go of an attempt that failed, but for the request that it was', async () => {
    limits.configure([rule({ per: 'provider', requests: perHour(5), concurrent: 1, tokens: perHour(5000) })]);
    const { call: passed, settle } = await pass({ envelope: asking(100) });
    passed.admit(target)();
    expect(limits.status()[0]!.scarcest).toMatchObject([{ requests_left: 4, tokens_left: 5000, in_flight: 0 }]);
    passed.admit(target);
    settle({ tokens: null, outcome: 'upstream_error' });
    expect(limits.status()[0]!.scarcest).toMatchObject([{ requests_left: 3, tokens_left: 5000, in_flight: 0 }]);
  });
});
