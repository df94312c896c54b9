import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { requestRecord } from '../../../test/support/request-record.ts';
import { ProxyError } from '../errors.ts';
import type { LimitRule } from '../quota.ts';
import type { RequestRecord } from '../record.ts';
import { createLimits } from './limits.ts';
import type { Ticket } from './ticket.ts';

const perSubject: LimitRule = {
  ...{ name: 'requests', per: 'ip', match: null, tokens: null, shadow: false },
  requests: { amount: 7, periodMs: 60_000 },
  ...{ burst: 3, concurrent: 2 },
};
const forAll: LimitRule = {
  ...{ name: 'tokens', per: 'all', match: null, requests: null, concurrent: null, shadow: false },
  tokens: { amount: 999, periodMs: 60_000 },
  burst: 500,
};

const from = (address: string): RequestRecord =>
  requestRecord({ caller: { address, key: null, project: null, session: null, agent: null } });

/** A bucket as one would write it who need not care for speed: exact, in units times microseconds. */
class SlowBucket {
  readonly #amount: bigint;
  readonly #periodUs: bigint;
  #burst: number;
  #level: bigint;

  constructor({ amount, periodMs }: { readonly amount: number; readonly periodMs: number }, burst: number) {
    this.#amount = BigInt(amount);
    this.#periodUs = BigInt(periodMs) * 1000n;
    this.#burst = burst;
    this.#level = this.#full;
  }

  get #full(): bigint {
    return BigInt(this.#burst) * this.#periodUs;
  }

  get hasOne(): boolean {
    return this.#level >= this.#periodUs;
  }

  pass(us: number): void {
    this.add(0, BigInt(us) * this.#amount);
  }

  add(units: number, more = 0n): void {
    const level = this.#level + BigInt(units) * this.#periodUs + more;
    this.#level = level > this.#full ? this.#full : level;
  }

  resize(burst: number): void {
    const missing = this.#full - this.#level;
    this.#burst = burst;
    this.#level = missing > this.#full ? 0n : this.#full - missing;
  }
}

interface SlowRequest {
  readonly subject: SlowSubject | null;
  readonly tokens: { readonly estimate: number; readonly reserved: number } | null;
}

interface SlowSubject {
  readonly bucket: SlowBucket;
  inFlight: number;
}

class SlowLimits {
  requests = perSubject;
  tokens = forAll;
  readonly subjects = new Map<string, SlowSubject>();
  readonly bucket = new SlowBucket(forAll.tokens!, 500);
  correction = 0;

  pass(us: number): void {
    this.bucket.pass(us);
    for (const { bucket } of this.subjects.values()) bucket.pass(us);
  }

  subject(name: string): SlowSubject {
    const known = this.subjects.get(name);
    if (known) return known;
    const subject = { bucket: new SlowBucket(perSubject.requests!, this.requests.burst!), inFlight: 0 };
    this.subjects.set(name, subject);
    return subject;
  }

  enter(name: string, estimate: number): SlowRequest | null {
    const subject = this.subject(name);
    const passes = subject.bucket.hasOne && subject.inFlight < this.requests.concurrent!;
    const tokensPass = estimate === 0 || this.bucket.hasOne;
    if ((!passes && !this.requests.shadow) || (!tokensPass && !this.tokens.shadow)) return null;
    if (passes) {
      subject.bucket.add(-1);
      subject.inFlight++;
    }
    if (!tokensPass) return { subject: passes ? subject : null, tokens: null };
    const reserved = Math.min(Math.ceil(estimate * (1 + this.correction)), this.tokens.burst!);
    this.bucket.add(-reserved);
    return { subject: passes ? subject : null, tokens: { estimate, reserved } };
  }

  leave({ subject, tokens }: SlowRequest, used: number | null): void {
    if (subject) subject.inFlight--;
    if (!tokens || tokens.reserved === 0) return;
    const really = used ?? tokens.reserved;
    this.bucket.add(tokens.reserved - really);
    if (really === 0) return;
    const share = really / tokens.estimate;
    const last = 1 + this.correction;
    const next = share >= last ? share : last + (share - last) / 8;
    this.correction = Math.min(4, Math.max(1 / 16, next)) - 1;
  }

  configure(requests: LimitRule, tokens: LimitRule): void {
    this.requests = requests;
    this.tokens = tokens;
    this.bucket.resize(tokens.burst!);
    for (const { bucket } of this.subjects.values()) bucket.resize(requests.burst!);
  }
}

const subjects = ['10.0.0.1', '10.0.0.2', '::1'] as const;
const steps = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant('enter' as const),
        subject: fc.constantFrom(...subjects),
        estimate: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 700 })),
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant('leave' as const),
        which: fc.nat({ max: 9 }),
        used: fc.oneof(
          fc.constant(null),
          fc.constant(0),
          fc.integer({ min: 1, max: 60 }),
          fc.integer({ min: 1, max: 2000 }),
        ),
        again: fc.boolean(),
      }),
    },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('time' as const), us: fc.nat({ max: 20_000_000 }) }) },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('configure' as const),
        requests: fc.record({
          burst: fc.integer({ min: 1, max: 5 }),
          concurrent: fc.integer({ min: 1, max: 4 }),
          shadow: fc.boolean(),
        }),
        tokens: fc.record({ burst: fc.integer({ min: 1, max: 900 }), shadow: fc.boolean() }),
        swapped: fc.boolean(),
      }),
    },
  ),
  { maxLength: 80 },
);

function tryTo<Result>(run: () => Result): Result | null {
  try {
    return run();
  } catch (error) {
    if (error instanceof ProxyError && error.code === 'rate_limited') return null;
    throw error;
  }
}

describe('limits, whatever happens in whatever order', () => {
  it('let pass what a slow model of them lets pass', () => {
    fc.assert(
      fc.property(steps, (all) => {
        let us = 0;
        const limits = createLimits({ now: () => us / 1000, wall: () => 0 });
        limits.configure([perSubject, forAll]);
        const model = new SlowLimits();
        const inFlight: { readonly tickets: readonly Ticket[]; readonly request: SlowRequest }[] = [];
        for (const step of all) {
          if (step.kind === 'time') {
            us += step.us;
            model.pass(step.us);
          } else if (step.kind === 'enter') {
            const { subject, estimate } = step;
            const tickets = tryTo(() => limits.enter({ record: from(subject), access: null, estimate }));
            const request = model.enter(subject, estimate);
            if ((tickets !== null) !== (request !== null))
              throw new Error('the model lets in what is refused, or refuses');
            if (tickets && request) inFlight.push({ tickets, request });
          } else if (step.kind === 'leave') {
            const [ended] = inFlight.splice(step.which, 1);
            if (!ended) continue;
            limits.leave(ended.tickets, step.used);
            model.leave(ended.request, step.used);
            if (step.again) limits.leave(ended.tickets, 1);
          } else {
            const requests = { ...perSubject, ...step.requests };
            const tokens = { ...forAll, ...step.tokens };
            limits.configure(step.swapped ? [tokens, requests] : [requests, tokens]);
            model.configure(requests, tokens);
          }
        }
        const held = inFlight.filter(({ request }) => request.subject !== null).length;
        expect(limits.status().find(({ name }) => name === 'requests')!.in_flight).toBe(held);
        for (const { tickets } of inFlight) limits.leave(tickets, null);
        expect(limits.status().map((status) => status.in_flight)).toEqual([0, 0]);
      }),
      { numRuns: 1000 },
    );
  });

  it('never let more pass than their buckets hold and are given, however many names there are', () => {
    const visits = fc.array(fc.record({ name: fc.nat({ max: 40 }), us: fc.nat({ max: 3_000_000 }) }), {
      minLength: 50,
      maxLength: 400,
    });
    fc.assert(
      fc.property(visits, (all) => {
        let us = 0;
        const limits = createLimits({ now: () => us / 1000, wall: () => 0, maxSubjects: 3 });
        limits.configure([{ ...perSubject, concurrent: null, burst: 2 }]);
        const passed = new Map<number, number>();
        for (const visit of all) {
          us += visit.us;
          const tickets = tryTo(() =>
            limits.enter({ record: from(`10.0.0.${visit.name}`), access: null, estimate: 0 }),
          );
          if (tickets) passed.set(visit.name, (passed.get(visit.name) ?? 0) + 1);
        }
        // Three buckets of their own and the shared one, each with what came in since the start.
        const each = 2 + (us * 7) / 60_000_000;
        expect([...passed.values()].reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(4 * each);
        // Whoever it is has had no more than one bucket to himself, and all of the shared one.
        for (const count of passed.values()) expect(count).toBeLessThanOrEqual(2 * each);
      }),
      { numRuns: 300 },
    );
  });
});
