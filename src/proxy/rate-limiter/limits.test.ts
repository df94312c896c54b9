import { beforeEach, describe, expect, it } from 'vitest';
import { requestRecord } from '../../../test/support/request-record.ts';
import type { AccessKey } from '../access-key.ts';
import { ProxyError } from '../errors.ts';
import { rateFrom, type LimitRule } from '../quota.ts';
import type { RequestRecord } from '../record.ts';
import { createLimits, type Limits } from './limits.ts';
import type { Ticket } from './ticket.ts';

let now = 0;
let limits: Limits;
beforeEach(() => {
  now = 1000;
  limits = createLimits({ now: () => now, wall: () => 1_800_000_000_000, maxSubjects: 20 });
});

type RuleParts = Partial<Omit<LimitRule, 'requests' | 'tokens'>> & { requests?: string; tokens?: string };

function rule({ requests, tokens, ...parts }: RuleParts): LimitRule {
  return {
    ...{ name: 'test', per: 'all', match: null, concurrent: null, burst: null, shadow: false, ...parts },
    requests: requests === undefined ? null : rateFrom(requests),
    tokens: tokens === undefined ? null : rateFrom(tokens),
  };
}

interface Request {
  readonly record?: RequestRecord;
  readonly access?: AccessKey | null;
  readonly estimate?: number;
}

function enter({ record = requestRecord(), access = null, estimate = 0 }: Request = {}): readonly Ticket[] {
  return limits.enter({ record, access, estimate });
}

function refused(request: Request = {}): ProxyError | null {
  try {
    enter(request);
    return null;
  } catch (error) {
    if (error instanceof ProxyError) return error;
    throw error;
  }
}

/** How many of so many requests pass. */
function passing(count: number, request: Request = {}): number {
  let passed = 0;
  for (let index = 0; index < count; index++) if (refused(request) === null) passed++;
  return passed;
}

const from = (address: string): RequestRecord =>
  requestRecord({ caller: { address, key: null, project: null, session: null, agent: null } });
const asking = (model: string | null): RequestRecord => requestRecord({ model });

describe('a limit on requests', () => {
  it('lets a burst pass, and not one more', () => {
    limits.configure([rule({ requests: '10000/s', burst: 20_000 })]);
    expect(passing(20_005)).toBe(20_000);
  });

  it('has a burst of one period where none is set', () => {
    limits.configure([rule({ requests: '7/min' })]);
    expect(passing(10)).toBe(7);
  });

  it('lets exactly the rate pass over a long time, however the clock ticks', () => {
    limits.configure([rule({ requests: '7/min', burst: 2 })]);
    const began = now;
    let passed = passing(2) - 2;
    // A tick that is no part of the period, until the whole second after ten days.
    for (; now - began < 864_000_000; now += 4997.3) passed += passing(1);
    now = began + 864_000_000;
    expect(passed + passing(1)).toBe(100_800);
    expect(passing(1)).toBe(0);
  });

  it('gives nothing for less time than one request takes, and one for just that', () => {
    limits.configure([rule({ requests: '3/s', burst: 1 })]);
    expect(passing(2)).toBe(1);
    now += 333.333;
    expect(passing(1)).toBe(0);
    now += 0.001;
    expect(passing(2)).toBe(1);
  });

  it('says when to come back, in whole seconds', () => {
    limits.configure([rule({ name: 'slow', requests: '6/min', burst: 2 })]);
    passing(2);
    const error = refused();
    expect(error).toMatchObject({ code: 'rate_limited', retryAfterSeconds: 10 });
    expect(error!.message).toBe('the limit slow allows 6/min requests; come back in 10 seconds');
    expect(error!.quota).toEqual({
      unit: 'requests',
      limit: 6,
      remaining: 0,
      resetMs: 20_000,
      resetAt: 1_800_000_020_000,
    });
    now += 9999;
    expect(refused()).toMatchObject({ retryAfterSeconds: 1 });
    now += 1;
    expect(refused()).toBeNull();
  });

  it('fills no more than its burst, however long it waits', () => {
    limits.configure([rule({ requests: '10/s', burst: 5 })]);
    passing(5);
    now += 1e12;
    expect(passing(9)).toBe(5);
  });
});

describe('a limit on tokens', () => {
  it('takes an estimate at once, so that a flood is held back before any answer', () => {
    limits.configure([rule({ tokens: '1000/min' })]);
    expect(passing(200, { estimate: 300 })).toBe(4);
  });

  it('gives back what was not used', () => {
    limits.configure([rule({ tokens: '1000/min' })]);
    const tickets = enter({ estimate: 1000 });
    expect(passing(1, { estimate: 10 })).toBe(0);
    limits.leave(tickets, 400);
    expect(limits.status()[0]!.scarcest[0]).toMatchObject({ tokens_left: 600 });
  });

  it('goes into debt for what was used beyond that, and the next ones wait', () => {
    limits.configure([rule({ tokens: '60/min' })]);
    limits.leave(enter({ estimate: 10 }), 180);
    expect(limits.status()[0]!.scarcest[0]).toMatchObject({ tokens_left: -120 });
    expect(refused({ estimate: 1 })).toMatchObject({ retryAfterSeconds: 121, quota: { unit: 'tokens', limit: 60 } });
    now += 121_000;
    expect(refused({ estimate: 1 })).toBeNull();
  });

  it('keeps the estimate of a request of which nobody knows what it used', () => {
    limits.configure([rule({ tokens: '1000/min' })]);
    limits.leave(enter({ estimate: 300 }), null);
    expect(limits.status()[0]!.scarcest[0]).toMatchObject({ tokens_left: 700 });
  });

  it('takes no more for one request than there ever is, so that a large one leaves no debt behind', () => {
    limits.configure([rule({ tokens: '1000/min' })]);
    enter({ estimate: 50_000 });
    expect(limits.status()[0]!.scarcest[0]).toMatchObject({ tokens_left: 0 });
  });

  it('learns what share of the estimates is used, and forgets it at the first that uses all', () => {
    limits.configure([rule({ tokens: '1000/min' })]);
    for (let index = 0; index < 100; index++) limits.leave(enter({ estimate: 800 }), 8);
    now += 600_000;
    expect(passing(100, { estimate: 800 })).toBe(20);
    now += 600_000;
    limits.leave(enter({ estimate: 800 }), 800);
    now += 600_000;
    expect(passing(100, { estimate: 800 })).toBe(2);
  });

  it('is nothing to those that use none', () => {
    limits.configure([rule({ tokens: '10/min' })]);
    enter({ estimate: 1000 });
    expect(passing(5)).toBe(5);
  });

  it('has the burst where requests are not limited, and else a period', () => {
    limits.configure([rule({ tokens: '60/min', burst: 600 })]);
    expect(passing(50, { estimate: 60 })).toBe(10);
    limits.configure([rule({ name: 'both', tokens: '60/min', requests: '100/s', burst: 3 })]);
    expect(passing(50, { estimate: 30 })).toBe(2);
  });
});

describe('a limit on concurrency', () => {
  it('lets so many be there at a time, and another one when one has left', () => {
    limits.configure([rule({ concurrent: 2 })]);
    const first = enter();
    enter();
    const error = refused();
    expect(error).toMatchObject({ retryAfterSeconds: 1, quota: undefined });
    expect(error!.message).toBe('the limit test allows 2 requests at a time; come back in 1 second');
    limits.leave(first, 0);
    expect(passing(3)).toBe(1);
  });

  it('lets a request out once, however often it is said', () => {
    limits.configure([rule({ concurrent: 1 })]);
    const tickets = enter();
    limits.leave(tickets, 0);
    enter();
    limits.leave(tickets, 0);
    expect(limits.status()[0]!.in_flight).toBe(1);
  });
});

describe('several limits', () => {
  it('take nothing where one of them refuses', () => {
    limits.configure([rule({ name: 'wide', requests: '10/h' }), rule({ name: 'narrow', concurrent: 1 })]);
    const tickets = enter();
    expect(passing(20)).toBe(0);
    limits.leave(tickets, 0);
    expect(limits.status()[0]!.scarcest[0]).toMatchObject({ requests_left: 9 });
  });

  it('name the one that lasts longest', () => {
    limits.configure([
      rule({ name: 'short', requests: '1/s' }),
      rule({ name: 'long', requests: '1/h' }),
      rule({ name: 'next', requests: '1/min' }),
    ]);
    enter();
    const record = requestRecord();
    expect(refused({ record })!.message).toBe('the limit long allows 1/h requests; come back in 3600 seconds');
    expect(record.limits).toEqual([
      { limit: 'short', subject: 'all', verdict: 'refused', retryAfterMs: 1000 },
      { limit: 'long', subject: 'all', verdict: 'refused', retryAfterMs: 3_600_000 },
      { limit: 'next', subject: 'all', verdict: 'refused', retryAfterMs: 60_000 },
    ]);
  });

  it('count what each of them made of it', () => {
    limits.configure([rule({ name: 'wide', requests: '10/h' }), rule({ name: 'narrow', requests: '1/h' })]);
    passing(3);
    expect(Object.fromEntries(limits.counters())).toEqual({
      wide: { passed: 3, refused: 0, shadow: 0 },
      narrow: { passed: 1, refused: 2, shadow: 0 },
    });
  });
});

describe('a limit in the shadow', () => {
  it('refuses nothing, and counts what it would have refused', () => {
    limits.configure([rule({ requests: '2/h', shadow: true })]);
    const record = requestRecord();
    expect(passing(5, { record })).toBe(5);
    expect(limits.counters().get('test')).toEqual({ passed: 2, refused: 0, shadow: 3 });
    expect(record.limits.map(({ verdict }) => verdict)).toEqual(['passed', 'passed', 'shadow', 'shadow', 'shadow']);
  });

  it('takes nothing for what it would have refused, so that it counts as it would if it refused', () => {
    limits.configure([rule({ concurrent: 1, tokens: '1000/min', shadow: true })]);
    const first = enter({ estimate: 100 });
    const second = enter({ estimate: 900 });
    expect(limits.status()[0]).toMatchObject({ in_flight: 1, scarcest: [{ tokens_left: 900 }] });
    limits.leave(second, 900);
    limits.leave(first, 100);
    expect(limits.status()[0]).toMatchObject({ in_flight: 0, scarcest: [{ tokens_left: 900 }] });
  });

  it('takes nothing where another limit refuses', () => {
    limits.configure([rule({ name: 'seen', requests: '5/h', shadow: true }), rule({ requests: '1/h' })]);
    passing(4);
    expect(limits.status()[0]).toMatchObject({ shadow_refused: 0, scarcest: [{ requests_left: 4 }] });
  });
});

describe('whom a limit is for', () => {
  it('is each address, with a bucket of its own', () => {
    limits.configure([rule({ per: 'ip', requests: '1/h' })]);
    expect(passing(3, { record: from('10.0.0.1') })).toBe(1);
    expect(passing(3, { record: from('10.0.0.2') })).toBe(1);
    expect(refused({ record: from('10.0.0.1') })!.message).toContain('for the address 10.0.0.1;');
  });

  it('is each model that the pattern fits', () => {
    limits.configure([rule({ per: 'model', match: 'claude-*', requests: '1/h' })]);
    expect(passing(3, { record: asking('claude-opus-5-5') })).toBe(1);
    expect(passing(3, { record: asking('claude-haiku-4-5') })).toBe(1);
    expect(passing(3, { record: asking('gpt-5') })).toBe(3);
    expect(passing(3, { record: asking(null) })).toBe(3);
  });

  it('is all together of those who name no key or project, so that nobody gets away by that', () => {
    limits.configure([rule({ per: 'project', requests: '1/h' })]);
    expect(passing(3, { record: from('10.0.0.1') })).toBe(1);
    expect(refused({ record: from('10.0.0.2') })!.message).toContain(' to whoever names no project;');
    limits.configure([rule({ per: 'project', match: 'w*', requests: '1/h' })]);
    expect(passing(3, { record: from('10.0.0.1') })).toBe(3);
  });

  it('is each provider, where an attempt at it begins', () => {
    limits.configure([rule({ per: 'provider', match: 'anthropic', concurrent: 1 })]);
    const request = { record: requestRecord({ provider: null }), access: null, estimate: 0 };
    expect(limits.enter(request)).toEqual([]);
    limits.enterProvider(request, 'anthropic');
    expect(() => limits.enterProvider(request, 'anthropic')).toThrow('for the provider anthropic;');
    expect(() => limits.enterProvider(request, 'openai')).not.toThrow();
    expect(request.record.limits.map(({ verdict }) => verdict)).toEqual(['passed', 'refused']);
  });
});

describe('the limits of an access key', () => {
  const key = (name: string, ...own: LimitRule[]): AccessKey => ({
    ...{ name, limits: own, budgets: [], allowsModel: null, project: null, agent: null },
  });
  const withKey = (access: AccessKey): Request => {
    const caller = { address: '::1', key: access.name, project: null, session: null, agent: null };
    return { access, record: requestRecord({ caller }) };
  };
  const twice = rule({ name: 'own', per: 'key', requests: '2/h' });

  it('are its own, and told by name when the key is read anew', () => {
    expect(passing(3, withKey(key('a', twice)))).toBe(2);
    expect(passing(3, withKey(key('a', { ...twice })))).toBe(0);
    expect(passing(3, withKey(key('b', twice)))).toBe(2);
    expect(limits.concern(key('b', twice))).toBe(true);
    expect(limits.concern(key('b'))).toBe(false);
  });

  it('stand beside those of all, and are taken from together with them', () => {
    limits.configure([rule({ requests: '10/h' })]);
    passing(5, withKey(key('a', twice)));
    expect(limits.status()[0]!.scarcest[0]).toMatchObject({ requests_left: 8 });
  });

  it('are counted together, since there can be many keys', () => {
    passing(3, withKey(key('a', twice)));
    passing(3, withKey(key('b', twice)));
    expect(limits.counters().get('access key')).toEqual({ passed: 4, refused: 2, shadow: 0 });
    expect(limits.status()).toMatchObject([{ name: 'access key', per: 'key', subjects: 2, passed: 4, refused: 2 }]);
  });

  it('can be changed, and what was used stays used', () => {
    passing(2, withKey(key('a', twice)));
    expect(passing(9, withKey(key('a', { ...twice, requests: rateFrom('5/h') })))).toBe(3);
  });

  it('are forgotten only when that gains nothing, however many keys there are', () => {
    passing(2, withKey(key('spent', twice)));
    const slow = rule({ name: 'own', per: 'key', requests: '1/s' });
    for (let index = 0; index < 12_000; index++) passing(1, withKey(key(`k${index}`, slow)));
    expect(passing(3, withKey(key('spent', { ...twice })))).toBe(0);
    now += 2000;
    for (let index = 0; index < 2500; index++) passing(1, withKey(key(`l${index}`, slow)));
    expect(limits.status()[0]!.subjects).toBeLessThan(10_010);
    expect(passing(3, withKey(key('spent', { ...twice })))).toBe(0);
  });
});

describe('more subjects than there is room for', () => {
  const address = (index: number): RequestRecord => from(`10.0.0.${index}`);

  it('forget nobody who has used anything, and have newcomers share a bucket', () => {
    limits.configure([rule({ per: 'ip', requests: '2/h' })]);
    for (let index = 0; index < 20; index++) expect(passing(3, { record: address(index) })).toBe(2);
    let passed = 0;
    for (let index = 20; index < 5000; index++) passed += passing(1, { record: address(index) });
    expect(passed).toBe(2);
    for (let index = 0; index < 20; index++) expect(passing(1, { record: address(index) })).toBe(0);
    expect(limits.status()[0]).toMatchObject({ subjects: 20 });
  });

  it('take the places of those whose buckets are full again', () => {
    limits.configure([rule({ per: 'ip', requests: '2/h' })]);
    for (let index = 0; index < 20; index++) passing(1, { record: address(index) });
    now += 1_800_000;
    for (let index = 20; index < 40; index++) expect(passing(3, { record: address(index) })).toBe(2);
    expect(limits.status()[0]).toMatchObject({ subjects: 20 });
  });

  it('leave those alone who have a request in flight', () => {
    limits.configure([rule({ per: 'ip', concurrent: 1 })]);
    const tickets = Array.from({ length: 20 }, (_, index) => enter({ record: address(index) }));
    expect(passing(2, { record: address(20) })).toBe(1);
    limits.leave(tickets[3]!, 0);
    // Its place has to be found, which takes a few newcomers.
    let passed = 0;
    for (let index = 21; index < 31; index++) passed += passing(1, { record: address(index) });
    expect(passed).toBe(1);
    expect(limits.status()[0]!.in_flight).toBe(21);
  });
});

describe('the state of a limit', () => {
  it('shows the five subjects that have the least left, the scarcest first', () => {
    limits.configure([rule({ per: 'ip', requests: '9/h' })]);
    for (const [index, count] of [3, 9, 1, 7, 5, 2, 8, 4].entries())
      passing(count, { record: from(`10.0.0.${index}`) });
    const [status] = limits.status();
    expect(status!.subjects).toBe(8);
    expect(status!.scarcest.map(({ requests_left: left }) => left)).toEqual([0, 1, 2, 4, 5]);
    expect(status!.scarcest[0]!.subject).toBe('10.0.0.1');
  });
});

describe('new rules', () => {
  it('leave the buckets of those that stay, and of those whose numbers change what was used', () => {
    const kept = rule({ name: 'kept', requests: '5/h' });
    limits.configure([kept, rule({ name: 'wider', requests: '4/h' }), rule({ name: 'gone', requests: '9/h' })]);
    passing(3);
    limits.configure([rule({ name: 'wider', requests: '600/min', burst: 8 }), { ...kept }]);
    expect(limits.status()).toMatchObject([
      { name: 'wider', passed: 3, scarcest: [{ requests_left: 5 }] },
      { name: 'kept', passed: 3, scarcest: [{ requests_left: 2 }] },
    ]);
    expect(limits.counters().get('gone')).toMatchObject({ passed: 3 });
  });

  it('begin anew where a rule is for others now', () => {
    limits.configure([rule({ requests: '1/h' })]);
    passing(1);
    limits.configure([rule({ requests: '1/h', per: 'ip' })]);
    expect(passing(2)).toBe(1);
  });

  it('know what is in flight since before', () => {
    limits.configure([rule({ concurrent: 1, shadow: true })]);
    const tickets = enter();
    limits.configure([rule({ concurrent: 1 })]);
    expect(passing(1)).toBe(0);
    limits.leave(tickets, 0);
    expect(passing(1)).toBe(1);
  });

  it('need no more patience of anybody than an empty bucket of theirs', () => {
    limits.configure([rule({ requests: '1000/h' })]);
    passing(1000);
    limits.configure([rule({ requests: '1/s' })]);
    expect(refused()).toMatchObject({ retryAfterSeconds: 1 });
  });

  it('count what comes in by the old pace until then', () => {
    limits.configure([rule({ requests: '3600/h' })]);
    passing(3600);
    now += 10_000;
    limits.configure([rule({ requests: '3600/h', burst: 3600, concurrent: 5000 })]);
    expect(passing(20)).toBe(10);
  });

  it('can be none', () => {
    limits.configure([rule({ requests: '1/h' })]);
    limits.configure([]);
    expect(limits.concern(null)).toBe(false);
    expect(limits.status()).toEqual([]);
  });
});
