import { describe, expect, it } from 'vitest';
import { fakeClock } from '../../../test/support/fake-clock.ts';
import { ProxyError } from '../errors.ts';
import type { Verdict } from './breaker.ts';
import { createBreakers } from './breakers.ts';
import { breakerOptions, type BreakerOptions } from './options.ts';
import type { Transition } from './provider-circuit.ts';

function harness(options: Partial<BreakerOptions> = {}, providers?: () => readonly string[]) {
  const clock = fakeClock();
  const transitions: Transition[] = [];
  const breakers = createBreakers({
    options: breakerOptions.parse(options),
    now: clock.now,
    random: () => 0,
    changed: (transition) => void transitions.push(transition),
    ...(providers && { providers }),
  });
  /** Requests one after the other, each admitted before it ends. */
  const end = (
    model: string | null,
    verdict: Verdict,
    times = 1,
    code = verdict === 'failure' ? '500' : '200',
  ): void => {
    for (let count = 0; count < times; count++) breakers.admit('anthropic', model).settle(verdict, code);
  };
  const refused = (model: string | null): ProxyError => {
    try {
      breakers.admit('anthropic', model);
    } catch (error) {
      if (error instanceof ProxyError) return error;
    }
    throw new Error('it was admitted');
  };
  const state = (model: string | null = null): string => breakers.state('anthropic', model);
  const wait = (seconds: number): void => clock.advance(seconds * 1000);
  return { breakers, transitions, end, refused, state, wait };
}

describe('a provider with one model in use', () => {
  it('is left alone after its fifth failure, together with its model', () => {
    const { end, refused, state, transitions } = harness();
    end('opus', 'failure', 5);
    expect(state()).toBe('open');
    const error = refused('opus');
    expect(error).toMatchObject({ code: 'circuit_open', retryAfterSeconds: 60 });
    expect(transitions).toEqual([
      { provider: 'anthropic', model: 'opus', from: 'closed', to: 'open', reason: 'failures' },
      { provider: 'anthropic', model: null, from: 'closed', to: 'open', reason: 'failures' },
    ]);
  });

  it('says who is left alone, for how long, and why', () => {
    const { end, refused, wait } = harness();
    end('opus', 'failure', 5, 'upstream_timeout');
    wait(59.5);
    expect(refused('opus').message).toBe(
      'anthropic is left alone for 1 more second: it failed too often, and at last it did not answer in time',
    );
    expect(refused('opus').retryAfterSeconds).toBe(1);
  });

  it('lets one of ten pass when its time is over, and tells the others to come back in a second', () => {
    const { end, breakers, refused, wait, state } = harness();
    end('opus', 'failure', 5);
    wait(60);
    const probe = breakers.admit('anthropic', 'opus');
    expect(probe.isProbe).toBe(true);
    for (let count = 0; count < 9; count++) {
      expect(refused('opus').retryAfterSeconds).toBe(1);
    }
    expect(refused('opus').message).toMatch(/^anthropic is being tried again by another request: .* status 500$/);
    probe.settle('success', '200');
    expect(state('opus')).toBe('closed');
  });

  it('counts only the first end of a request', () => {
    const { breakers, state, end } = harness();
    const ticket = breakers.admit('anthropic', 'opus');
    for (let count = 0; count < 10; count++) ticket.settle('failure', '500');
    end('opus', 'failure', 3);
    expect(state('opus')).toBe('closed');
  });

  it('has a probe only where it is being tried, and until that has ended', () => {
    const { breakers, end, wait } = harness();
    breakers.admit('anthropic', 'opus').answered();
    end('opus', 'failure', 5);
    wait(60);
    const probe = breakers.admit('anthropic', 'opus');
    probe.settle('neutral', 'client_abort');
    probe.answered();
    expect(breakers.state('anthropic', null)).toBe('half_open');
    expect(breakers.counters()['anthropic']?.probes).toMatchObject({ success: 0, neutral: 1, late: 0 });
  });

  it('closes both circuits with the first of a probe’s answer, and counts what breaks later', () => {
    const { breakers, end, state, wait } = harness();
    end('opus', 'failure', 5);
    wait(60);
    const probe = breakers.admit('anthropic', 'opus');
    probe.answered();
    expect([state(), state('opus')]).toEqual(['closed', 'closed']);
    expect(probe.isProbe).toBe(false);
    probe.settle('failure', 'upstream_truncated');
    expect(breakers.status()['anthropic']).toMatchObject({ failures_in_window: 1, last_failure: 'upstream_truncated' });
    end('opus', 'failure', 4);
    expect(state()).toBe('open');
  });
});

describe('several models of a provider', () => {
  it('go on where only one of them fails', () => {
    const { end, refused, state, breakers } = harness();
    end('haiku', 'success');
    end('opus', 'failure', 5);
    expect([state(), state('opus'), state('haiku')]).toEqual(['closed', 'open', 'closed']);
    expect(refused('opus').message).toMatch(/^opus of anthropic is left alone for 60 more seconds: /);
    expect(breakers.admit('anthropic', 'haiku').isProbe).toBe(false);
    expect(breakers.status()['anthropic']?.models).toMatchObject({ opus: { state: 'open' } });
  });

  it('stop with their provider where none has answered within the window', () => {
    const { end, state, wait } = harness();
    end('haiku', 'success');
    wait(60);
    end('opus', 'failure', 5);
    expect(state('haiku')).toBe('open');
  });

  it('stop with their provider where the failures are spread over them', () => {
    const { end, state } = harness();
    end('opus', 'failure', 3);
    end('haiku', 'failure', 2);
    expect([state(), state('sonnet')]).toEqual(['open', 'open']);
  });

  it('are not vouched for by their own successes', () => {
    const { end, state } = harness();
    end('opus', 'success', 3);
    end('opus', 'failure', 5);
    expect(state()).toBe('open');
  });

  it('are vouched for by whichever other one answered last', () => {
    const { end, state } = harness();
    end('haiku', 'success');
    end('opus', 'success');
    end('opus', 'failure', 5);
    expect(state()).toBe('closed');
    end('haiku', 'failure', 5);
    expect(state()).toBe('closed');
  });

  it('fail alone where the provider calls itself overloaded', () => {
    const { end, state } = harness();
    end('opus', 'failure', 5, '529');
    expect([state(), state('opus')]).toEqual(['closed', 'open']);
  });

  it('are not excused when their failure is that of the provider’s probe', () => {
    const { end, breakers, state, wait } = harness();
    end('opus', 'failure', 5);
    wait(60);
    breakers.admit('anthropic', 'opus').settle('failure', '529');
    expect([state(), state('opus')]).toEqual(['open', 'open']);
    expect(breakers.retryAfterMs('anthropic', null)).toBe(60_000);
  });

  it('count with the provider where a request names none', () => {
    const { end, state, refused } = harness();
    end(null, 'failure', 5, '529');
    expect(state()).toBe('open');
    expect(refused('opus').message).toMatch(/^anthropic is left alone/);
  });

  it('leave no lease behind where the provider would let a request pass and its model does not', () => {
    const { end, breakers, wait, refused } = harness();
    end('opus', 'failure', 5);
    wait(30);
    breakers.force('anthropic/opus', 'open');
    wait(30);
    expect(refused('opus').message).toBe('opus of anthropic was switched off by hand');
    expect(breakers.admit('anthropic', 'haiku').isProbe).toBe(true);
  });

  it('can be tried one by one where the provider is closed', () => {
    const { end, breakers, wait, refused, state } = harness();
    end('haiku', 'success');
    end('opus', 'failure', 5);
    wait(60);
    const probe = breakers.admit('anthropic', 'opus');
    expect(probe.isProbe).toBe(true);
    expect(refused('opus').message).toMatch(/^opus of anthropic is being tried again/);
    expect(breakers.admit('anthropic', 'haiku').isProbe).toBe(false);
    probe.settle('failure', '500');
    expect(state('opus')).toBe('open');
    // Nobody else has answered lately, so that this failure was the provider's too.
    expect(breakers.status()['anthropic']?.failures_in_window).toBe(1);
  });

  it('get no circuit for names that are only ever declined, or are no names', () => {
    const { end, breakers, state } = harness({ failures: 1 });
    for (const verdict of ['alive', 'neutral'] as const) end('made-up', verdict);
    breakers.admit('anthropic', 'haiku').settle('success', '200');
    for (const odd of ['x'.repeat(129), 'line\nfeed', '\u202Eright', '']) {
      breakers.admit('anthropic', odd).settle('failure', '500');
      expect(state(odd)).toBe('closed');
    }
    end('__proto__', 'failure');
    expect(Object.entries(breakers.status()['anthropic']?.models ?? {})).toMatchObject([
      ['__proto__', { state: 'open' }],
    ]);
  });

  it('are remembered up to a number, those seen last', () => {
    const { breakers, state } = harness({ failures: 1 });
    breakers.admit('anthropic', 'alive').settle('success', '200');
    for (let number = 0; number < 1000; number++) breakers.admit('anthropic', `m${number}`).settle('failure', '500');
    expect(Object.keys(breakers.status()['anthropic']?.models ?? {}).length).toBeLessThanOrEqual(256);
    expect([state('m999'), state('m0')]).toEqual(['open', 'closed']);
  });
});

describe('providers', () => {
  it('know nothing of each other', () => {
    const { breakers, end } = harness();
    end('opus', 'failure', 5);
    expect(breakers.allows('openai', 'opus')).toBe(true);
    expect(breakers.state('openai', 'opus')).toBe('closed');
  });

  it('can be asked about without taking the lease', () => {
    const { breakers, end, wait } = harness();
    end('opus', 'failure', 5);
    expect(breakers.retryAfterMs('anthropic', 'opus')).toBe(60_000);
    expect(breakers.allows('anthropic', 'opus')).toBe(false);
    wait(60);
    expect(breakers.allows('anthropic', 'opus')).toBe(true);
    expect(breakers.state('anthropic', 'opus')).toBe('open');
    expect(breakers.admit('anthropic', 'opus').isProbe).toBe(true);
    expect(breakers.allows('anthropic', 'opus')).toBe(false);
  });

  it('start anew when they are reset, their models too', () => {
    const { breakers, end, state, transitions } = harness();
    end('haiku', 'success');
    end('opus', 'failure', 4);
    const before = breakers.admit('anthropic', 'opus');
    breakers.reset('anthropic');
    before.settle('failure', '500');
    end('opus', 'failure', 4);
    expect(state('opus')).toBe('closed');
    end('opus', 'failure');
    expect([state(), state('opus')]).toEqual(['open', 'open']);
    breakers.reset('anthropic');
    expect([state(), state('opus')]).toEqual(['closed', 'closed']);
    expect(transitions.slice(-2).map(({ reason }) => reason)).toEqual(['reset', 'reset']);
  });
});

describe('forcing', () => {
  it('opens a provider until it is let go, whatever succeeds', () => {
    const { breakers, refused, state, wait } = harness();
    const before = breakers.admit('anthropic', 'opus');
    expect(breakers.force('anthropic', 'open')).toBe(true);
    before.settle('success', '200');
    wait(1000);
    expect(refused('opus')).toMatchObject({ message: 'anthropic was switched off by hand', retryAfterSeconds: 60 });
    expect(breakers.force('anthropic', 'auto')).toBe(true);
    expect(state('opus')).toBe('closed');
  });

  it('closes a provider together with its models, and counts nothing meanwhile', () => {
    const { breakers, end, state } = harness();
    end('opus', 'failure', 5);
    breakers.force('anthropic', 'close');
    end('opus', 'failure', 100);
    expect(state('opus')).toBe('forced_closed');
    expect(breakers.status()['anthropic']?.models).toEqual({});
    breakers.force('anthropic', 'auto');
    end('opus', 'failure', 4);
    expect(state('opus')).toBe('closed');
  });

  it('is kept for a model whatever other models come, and by a reset', () => {
    const { breakers, state, end } = harness();
    expect(breakers.force('anthropic/vendor/opus', 'open')).toBe(true);
    for (let number = 0; number < 1000; number++) end(`m${number}`, 'success');
    breakers.reset('anthropic');
    expect([state('vendor/opus'), state('haiku')]).toEqual(['forced_open', 'closed']);
    breakers.force('anthropic/vendor/opus', 'auto');
    expect(state('vendor/opus')).toBe('closed');
  });

  it('is refused for what is no provider, no model, or too many', () => {
    const { breakers } = harness({}, () => ['anthropic']);
    expect(breakers.force('nobody', 'open')).toBe(false);
    expect(breakers.force('nobody/opus', 'open')).toBe(false);
    expect(breakers.force('anthropic/', 'open')).toBe(false);
    const forced = Array.from({ length: 300 }, (_, number) => breakers.force(`anthropic/m${number}`, 'open'));
    expect(forced.filter(Boolean)).toHaveLength(256);
  });
});

describe('other options', () => {
  it('count from the next failure on', () => {
    const { breakers, end, state } = harness();
    end('opus', 'failure', 2);
    breakers.configure(breakerOptions.parse({ failures: 3 }));
    end('opus', 'failure');
    expect(state()).toBe('open');
    breakers.configure(breakerOptions.parse({ failures: 10 }));
    expect(state()).toBe('open');
  });

  it('forget everything where the window is another', () => {
    const { breakers, end, state } = harness();
    end('opus', 'failure', 4);
    breakers.configure(breakerOptions.parse({ windowSeconds: 30 }));
    end('opus', 'failure', 4);
    expect(state()).toBe('closed');
  });

  it('switch all of it off', () => {
    const { breakers, end, state } = harness();
    end('opus', 'failure', 5);
    breakers.configure(breakerOptions.parse({ enabled: false }));
    expect(breakers.enabled).toBe(false);
    expect(breakers.allows('anthropic', 'opus')).toBe(true);
    expect(breakers.force('anthropic', 'open')).toBe(false);
    expect(breakers.status()).toEqual({});
    breakers.configure(breakerOptions.parse({}));
    expect(state()).toBe('closed');
  });
});

describe('what is shown', () => {
  it('is plain JSON of each provider, those included that nobody has asked yet', () => {
    const { breakers, end, wait } = harness({}, () => ['anthropic', 'openai']);
    breakers.admit('anthropic', 'opus').settle('success', '200', true);
    end('opus', 'failure', 5, '503');
    wait(20.4);
    expect(JSON.parse(JSON.stringify(breakers.status()))).toEqual({
      anthropic: {
        state: 'open',
        failures_in_window: 5,
        opened_seconds_ago: 20,
        retry_after_seconds: 40,
        last_failure: '503',
        slow: 1,
        models: { opus: { state: 'open', retry_after_seconds: 40, last_failure: '503' } },
      },
      openai: {
        state: 'closed',
        failures_in_window: 0,
        opened_seconds_ago: null,
        retry_after_seconds: null,
        last_failure: null,
        slow: 0,
        models: {},
      },
    });
  });

  it('counts transitions, refusals, failures, probes and open time', () => {
    const { breakers, end, refused, wait } = harness();
    end('opus', 'failure', 3, '503');
    end('opus', 'failure', 2, 'upstream_timeout');
    refused('opus');
    wait(60);
    breakers.admit('anthropic', 'opus').settle('neutral', 'abandoned');
    breakers.admit('anthropic', 'opus').settle('failure', '408');
    wait(60);
    const late = breakers.admit('anthropic', 'opus');
    wait(30);
    late.settle('success', '200');
    wait(60);
    breakers.admit('anthropic', 'opus').answered();
    wait(1000);
    const counts = breakers.counters()['anthropic'];
    expect(counts).toMatchObject({
      rejected: 1,
      failures: { '5xx': 3, upstream_timeout: 2, '408': 1 },
      probes: { success: 1, alive: 0, failure: 1, neutral: 1, late: 1 },
      openSeconds: 210,
      slow: 0,
    });
    expect(counts?.transitions).toContainEqual({
      scope: 'provider',
      from: 'open',
      to: 'half_open',
      reason: 'recovery',
      count: 3,
    });
  });
});
