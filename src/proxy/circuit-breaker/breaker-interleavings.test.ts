import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ProxyError } from '../errors.ts';
import { Breaker, type BreakerState, type Verdict } from './breaker.ts';
import { createBreakers } from './breakers.ts';
import { breakerOptions } from './options.ts';
import { termsOf } from './terms.ts';
import type { BreakerTicket } from './ticket.ts';

const options = breakerOptions.parse({ failures: 3 });
const terms = termsOf(options);

/** A request as the slow model knows it. `life` tells the stretches of time apart in which results belong together. */
interface SlowRequest {
  life: number;
  isProbe: boolean;
}

/** The circuit as one would write it who need not care for speed: it keeps every result, and looks through all of them. */
class SlowBreaker {
  state: BreakerState = 'closed';
  life = 0;
  results: { readonly at: number; readonly failed: boolean }[] = [];
  until = 0;
  probe: { readonly request: SlowRequest; readonly endsAt: number } | null = null;

  pass(now: number): void {
    if (this.probe && now >= this.probe.endsAt) this.open(this.probe.endsAt);
  }

  open(at: number): void {
    this.turn('open');
    this.until = at + terms.recoveryMs;
  }

  turn(state: BreakerState): void {
    this.state = state;
    this.life++;
    this.probe = null;
    if (state === 'closed') this.results = [];
  }

  admit(now: number): SlowRequest | null {
    this.pass(now);
    if (this.state === 'closed' || this.state === 'forced_closed') return { life: this.life, isProbe: false };
    if (this.state === 'forced_open' || this.probe || (this.state === 'open' && now < this.until)) return null;
    if (this.state === 'open') this.turn('half_open');
    const request = { life: this.life, isProbe: true };
    this.probe = { request, endsAt: now + terms.probeMs };
    return request;
  }

  settle(request: SlowRequest, verdict: Verdict, now: number): void {
    this.pass(now);
    if (request.isProbe) {
      if (this.probe?.request !== request) return;
      if (verdict === 'neutral') this.probe = null;
      else if (verdict === 'failure') this.open(now);
      else this.turn('closed');
    } else if (request.life === this.life && this.state === 'closed') {
      if (verdict === 'success' || verdict === 'failure') this.results.push({ at: now, failed: verdict === 'failure' });
      if (verdict === 'failure' && this.failsTooOften(now)) this.open(now);
    }
  }

  failsTooOften(now: number): boolean {
    const recent = this.results.filter(({ at }) => now - at < terms.windowMs);
    const failures = recent.filter(({ failed }) => failed).length;
    if (failures < terms.failures) return false;
    const last = this.results.slice(-terms.failures);
    return failures / recent.length >= terms.minFailureRatio || last.every(({ failed }) => failed);
  }

  answered(request: SlowRequest, now: number): void {
    this.pass(now);
    if (this.probe?.request !== request) return;
    this.turn('closed');
    request.isProbe = false;
    request.life = this.life;
  }

  force(to: 'open' | 'close' | 'auto'): void {
    const isForced = this.state === 'forced_open' || this.state === 'forced_closed';
    if (to === 'open' && this.state !== 'forced_open') this.turn('forced_open');
    else if (to === 'close' && this.state !== 'forced_closed') this.turn('forced_closed');
    else if (to === 'auto' && isForced) this.turn('closed');
  }
}

type Step =
  | { readonly do: 'admit' }
  | { readonly do: 'settle'; readonly which: number; readonly verdict: Verdict }
  | { readonly do: 'answered'; readonly which: number }
  | { readonly do: 'wait'; readonly seconds: number }
  | { readonly do: 'force'; readonly to: 'open' | 'close' | 'auto' };

const verdicts = fc.oneof(
  { weight: 5, arbitrary: fc.constant<Verdict>('failure') },
  { weight: 3, arbitrary: fc.constant<Verdict>('success') },
  { weight: 1, arbitrary: fc.constantFrom<Verdict>('neutral', 'alive') },
);
const steps = fc.array(
  fc.oneof(
    { weight: 40, arbitrary: fc.constant<Step>({ do: 'admit' }) },
    { weight: 40, arbitrary: fc.record({ do: fc.constant('settle' as const), which: fc.nat(20), verdict: verdicts }) },
    { weight: 5, arbitrary: fc.record({ do: fc.constant('answered' as const), which: fc.nat(20) }) },
    // Whole seconds: then what is counted by the second is as exact as what is kept one by one.
    {
      weight: 15,
      arbitrary: fc.record({ do: fc.constant('wait' as const), seconds: fc.constantFrom(0, 1, 10, 29, 30, 59, 60) }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ do: fc.constant('force' as const), to: fc.constantFrom('open', 'close', 'auto') }),
    },
  ),
  { minLength: 1, maxLength: 120, size: 'max' },
) as fc.Arbitrary<Step[]>;

interface Both {
  epoch: number;
  readonly slow: SlowRequest;
}

/** The circuit and its slow model, taken through the same steps. */
class Pair {
  now = 1_000_000;
  lastEpoch = 0;
  readonly slow = new SlowBreaker();
  readonly requests: Both[] = [];
  readonly visited = new Set<BreakerState>();
  readonly faults: string[] = [];
  readonly breaker = new Breaker(
    {
      terms: () => terms,
      random: () => 0,
      nextEpoch: () => ++this.lastEpoch,
      changed: ({ to }) => void this.visited.add(to),
    },
    0,
  );

  take(step: Step): void {
    const { breaker, slow, now, requests } = this;
    const request = 'which' in step ? requests[step.which % requests.length] : undefined;
    switch (step.do) {
      case 'admit':
        return this.admit();
      case 'wait':
        this.now += step.seconds * 1000;
        return;
      case 'force':
        // The slow model looks at the time only when a request comes or goes.
        breaker.allows(now);
        slow.pass(now);
        breaker.force(step.to, now);
        return slow.force(step.to);
      case 'answered':
        if (!request?.slow.isProbe) return;
        request.epoch = breaker.answered(request.epoch, now);
        return slow.answered(request.slow, now);
      case 'settle':
        if (!request) return;
        requests.splice(requests.indexOf(request), 1);
        breaker.settle(request.epoch, { verdict: step.verdict, code: '500', isSlow: false }, now);
        return slow.settle(request.slow, step.verdict, now);
    }
  }

  admit(): void {
    const allowed = this.breaker.allows(this.now);
    const slow = this.slow.admit(this.now);
    if (allowed !== (slow !== null)) this.faults.push(`allowed: ${allowed}`);
    if (!allowed || slow === null) return;
    const isProbe = this.breaker.enter(this.now);
    if (isProbe !== slow.isProbe) this.faults.push(`a probe: ${isProbe}`);
    this.requests.push({ epoch: this.breaker.epoch, slow });
  }
}

describe('a circuit in any interleaving of admissions, results and time', () => {
  it('does what its slow model does', () => {
    const visited = new Set<BreakerState>();
    fc.assert(
      fc.property(steps, (sequence) => {
        const pair = new Pair();
        for (const step of sequence) {
          pair.take(step);
          expect(pair.breaker.state).toBe(pair.slow.state);
        }
        expect(pair.faults).toEqual([]);
        pair.visited.forEach((state) => visited.add(state));
      }),
      { numRuns: 500 },
    );
    expect([...visited].sort()).toEqual(['closed', 'forced_closed', 'forced_open', 'half_open', 'open']);
  });
});

const models = ['opus', 'haiku', null];
const actions = fc.array(
  fc.oneof(
    { weight: 40, arbitrary: fc.record({ do: fc.constant('admit' as const), model: fc.constantFrom(...models) }) },
    {
      weight: 40,
      arbitrary: fc.record({
        do: fc.constant('settle' as const),
        which: fc.nat(20),
        verdict: verdicts,
        code: fc.constantFrom('500', '529'),
      }),
    },
    { weight: 5, arbitrary: fc.record({ do: fc.constant('answered' as const), which: fc.nat(20) }) },
    {
      weight: 15,
      arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(0, 500, 29_000, 61_000) }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('reset' as const) }) },
  ),
  { minLength: 1, maxLength: 120, size: 'max' },
);

interface UnderWay {
  readonly ticket: BreakerTicket;
  readonly model: string | null;
  readonly since: number;
}

/** A provider's circuits, and what became of their promises. */
class Watched {
  now = 1_000_000;
  probes = 0;
  refused = 0;
  readonly broken: string[] = [];
  readonly breakers = createBreakers({ options, now: () => this.now, changed: () => undefined });
  readonly underWay: UnderWay[] = [];

  admit(model: string | null): void {
    const allowed = this.breakers.allows('anthropic', model);
    const state = this.breakers.state('anthropic', model);
    try {
      const ticket = this.breakers.admit('anthropic', model);
      if (!allowed) this.broken.push('let pass what it said it would not');
      if (!ticket.isProbe && state !== 'closed') this.broken.push(`let pass without a lease: ${state}`);
      if (ticket.isProbe && this.isProbed(model)) this.broken.push('two probes of one model');
      if (ticket.isProbe) this.probes++;
      this.underWay.push({ ticket, model, since: this.now });
    } catch (error) {
      if (!(error instanceof ProxyError)) throw error;
      this.refused++;
      const seconds = error.retryAfterSeconds ?? 0;
      if (allowed) this.broken.push('refused what it said would pass');
      if (state === 'closed') this.broken.push('refused where all is closed');
      if (seconds < 1 || seconds > 66) this.broken.push(`come back in ${seconds} seconds`);
    }
  }

  isProbed(model: string | null): boolean {
    return this.underWay.some(
      (one) => one.ticket.isProbe && one.model === model && this.now - one.since < terms.probeMs,
    );
  }
}

describe('the circuits of a provider and its models, in any interleaving', () => {
  it('never refuse where both are closed, never let two probes of one model run, and always come back', () => {
    let probes = 0;
    let refused = 0;
    fc.assert(
      fc.property(actions, (sequence) => {
        const watched = new Watched();
        const { breakers, underWay } = watched;
        for (const action of sequence) {
          const which = 'which' in action ? action.which % Math.max(1, underWay.length) : 0;
          if (action.do === 'admit') watched.admit(action.model);
          else if (action.do === 'wait') watched.now += action.ms;
          else if (action.do === 'answered') underWay[which]?.ticket.answered();
          else if (action.do === 'settle') underWay.splice(which, 1)[0]?.ticket.settle(action.verdict, action.code);
          else {
            breakers.reset('anthropic');
            underWay.length = 0;
          }
        }
        // Whatever is still under way, nobody hears of it any more.
        watched.now += terms.probeMs + 1.1 * terms.recoveryMs;
        for (const model of models) {
          expect(breakers.allows('anthropic', model)).toBe(true);
          breakers.admit('anthropic', model).settle('success', '200');
          expect(breakers.state('anthropic', model)).toBe('closed');
        }
        expect(watched.broken).toEqual([]);
        probes += watched.probes;
        refused += watched.refused;
      }),
      { numRuns: 500 },
    );
    expect(probes).toBeGreaterThan(50);
    expect(refused).toBeGreaterThan(50);
  });
});
