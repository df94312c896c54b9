import { describe, expect, it } from 'vitest';
import { Breaker, type Change, type Verdict } from './breaker.ts';
import { breakerOptions, type BreakerOptions } from './options.ts';
import { termsOf } from './terms.ts';

/** A circuit with a clock of its own, at 1000 s. */
function harness(options: Partial<BreakerOptions> = {}, random = () => 0) {
  let now = 1_000_000;
  let lastEpoch = 0;
  const changes: Change[] = [];
  const terms = termsOf(breakerOptions.parse(options));
  const breaker = new Breaker(
    { terms: () => terms, random, nextEpoch: () => ++lastEpoch, changed: (change) => void changes.push(change) },
    0,
  );
  const settle = (epoch: number, verdict: Verdict, isSlow = false): boolean =>
    breaker.settle(epoch, { verdict, code: '503', isSlow }, now);
  return {
    breaker,
    changes,
    settle,
    allows: () => breaker.allows(now),
    retryAfterMs: () => breaker.retryAfterMs(now),
    /** Admits a request, which must be allowed. */
    enter: (): { readonly epoch: number; readonly isProbe: boolean } => {
      if (!breaker.allows(now)) throw new Error('the circuit lets nothing pass');
      const isProbe = breaker.enter(now);
      return { epoch: breaker.epoch, isProbe };
    },
    answered: (epoch: number) => breaker.answered(epoch, now),
    end: (verdict: Verdict, times = 1, isSlow = false): void => {
      for (let count = 0; count < times; count++) settle(breaker.epoch, verdict, isSlow);
    },
    wait: (seconds: number) => void (now += seconds * 1000),
    force: (to: 'open' | 'close' | 'auto') => breaker.force(to, now),
    reset: () => breaker.reset(now),
    failures: () => breaker.failures(now),
    openMs: () => breaker.openMs(now),
  };
}

/** One that has just opened. */
function opened(options: Partial<BreakerOptions> = {}, random = () => 0) {
  const circuit = harness(options, random);
  circuit.end('failure', options.failures ?? 5);
  expect(circuit.breaker.state).toBe('open');
  return circuit;
}

/** One whose probe is under way. */
function probing(options: Partial<BreakerOptions> = {}) {
  const circuit = opened(options);
  circuit.wait(60);
  const probe = circuit.enter();
  expect(probe.isProbe).toBe(true);
  return { ...circuit, probe };
}

describe('a closed circuit', () => {
  it('lets all pass, none of them as a probe', () => {
    const { enter, retryAfterMs } = harness();
    expect(enter().isProbe).toBe(false);
    expect(retryAfterMs()).toBe(0);
  });

  it('stays closed with one failure less than it takes', () => {
    const { end, breaker, changes } = harness();
    end('failure', 4);
    expect(breaker.state).toBe('closed');
    expect(changes).toEqual([]);
  });

  it('opens with the last failure that it takes, and tells why', () => {
    const { breaker, changes, failures } = opened();
    expect(changes).toEqual([{ from: 'closed', to: 'open', reason: 'failures' }]);
    expect(breaker.lastFailure).toBe('503');
    expect(failures()).toBe(5);
  });

  it('stays closed where the failures are spread over more than the window', () => {
    const { end, wait, breaker, failures } = harness();
    for (const pause of [15, 15, 15, 16, 0]) {
      end('failure');
      wait(pause);
    }
    expect(failures()).toBe(4);
    expect(breaker.state).toBe('closed');
  });

  it('counts a failure for exactly as long as the window is', () => {
    const { end, wait, failures } = harness();
    end('failure');
    wait(59.999);
    expect(failures()).toBe(1);
    wait(0.001);
    expect(failures()).toBe(0);
  });

  it('opens where failures fill the window in time', () => {
    const { end, wait, breaker } = harness();
    for (const pause of [14, 15, 15, 15, 0]) {
      end('failure');
      wait(pause);
    }
    expect(breaker.state).toBe('open');
  });

  it('stays closed with 5 failures among 1,000 requests', () => {
    const { end, breaker } = harness();
    for (let round = 0; round < 5; round++) {
      end('success', 199);
      end('failure');
    }
    end('success', 5);
    expect(breaker.state).toBe('closed');
  });

  it('opens on 5 failures in a row behind 20 good requests', () => {
    const { end, breaker } = harness();
    end('success', 20);
    end('failure', 4);
    expect(breaker.state).toBe('closed');
    end('failure');
    expect(breaker.state).toBe('open');
  });

  it('opens where half of the requests fail, by turns', () => {
    const { end, breaker } = harness();
    for (let round = 0; round < 4; round++) {
      end('failure');
      end('success');
    }
    expect(breaker.state).toBe('closed');
    end('failure');
    expect(breaker.state).toBe('open');
  });

  it('forgets successes with the window', () => {
    const { end, wait, breaker } = harness();
    end('success', 1000);
    wait(61);
    end('success');
    for (let round = 0; round < 4; round++) {
      end('failure', 2);
      end('success');
    }
    expect(breaker.state).toBe('open');
  });

  it('counts more failures than it remembers one by one', () => {
    const { end, breaker, failures } = harness({ minFailureRatio: 0.6 });
    for (let round = 0; round < 200; round++) {
      end('success');
      end('failure');
    }
    expect(failures()).toBe(200);
    expect(breaker.state).toBe('closed');
    for (let round = 0; round < 150 && breaker.state === 'closed'; round++) {
      end('failure', 4);
      end('success');
    }
    expect(breaker.state).toBe('open');
  });

  it('learns nothing from what is neutral or only alive', () => {
    const { end, breaker, failures } = harness();
    end('failure', 4);
    end('neutral', 50);
    end('alive', 50);
    expect(failures()).toBe(4);
    end('failure');
    expect(breaker.state).toBe('open');
  });
});

describe('slow answers', () => {
  it('open nothing by themselves', () => {
    const { end, breaker } = harness();
    end('success', 100, true);
    expect(breaker.state).toBe('closed');
  });

  it('open the circuit by their share where that is set', () => {
    const { end, breaker, changes } = harness({ slowRatio: 0.5 });
    end('success', 5);
    end('success', 4, true);
    expect(breaker.state).toBe('closed');
    end('success', 1, true);
    expect(changes).toEqual([{ from: 'closed', to: 'open', reason: 'slow' }]);
    expect(breaker.openedBy).toBe('slow');
  });

  it('open nothing while they are few', () => {
    const { end, breaker } = harness({ slowRatio: 0.1 });
    end('success', 4, true);
    expect(breaker.state).toBe('closed');
  });
});

describe('an open circuit', () => {
  it('lets nothing pass before its time is over', () => {
    const { allows, wait, retryAfterMs } = opened();
    expect(retryAfterMs()).toBe(60_000);
    wait(59.999);
    expect(allows()).toBe(false);
    wait(0.001);
    expect(allows()).toBe(true);
  });

  it('waits up to a tenth longer', () => {
    const { retryAfterMs } = opened({}, () => 0.999_999_999);
    expect(retryAfterMs()).toBeGreaterThan(65_999);
    expect(Math.ceil(retryAfterMs() / 1000)).toBe(66);
  });

  it('is neither opened anew nor kept open longer by what fails late', () => {
    const circuit = harness();
    const { epoch } = circuit.enter();
    circuit.end('failure', 5);
    circuit.wait(30);
    for (let count = 0; count < 10; count++) expect(circuit.settle(epoch, 'failure')).toBe(false);
    expect(circuit.changes).toHaveLength(1);
    expect(circuit.retryAfterMs()).toBe(30_000);
  });

  it('is not closed by what succeeds late', () => {
    const circuit = harness();
    const { epoch } = circuit.enter();
    circuit.end('failure', 5);
    expect(circuit.settle(epoch, 'success')).toBe(false);
    expect(circuit.breaker.state).toBe('open');
  });

  it('stays open for any time until somebody comes', () => {
    const { wait, breaker, enter } = opened();
    wait(100_000);
    expect(breaker.state).toBe('open');
    expect(enter().isProbe).toBe(true);
  });
});

describe('a circuit that is being tried', () => {
  it('gives one probe to two requests of the same moment', () => {
    const { allows, retryAfterMs, breaker, changes } = probing();
    expect(allows()).toBe(false);
    expect(retryAfterMs()).toBe(1000);
    expect(breaker.state).toBe('half_open');
    expect(changes.at(-1)).toEqual({ from: 'open', to: 'half_open', reason: 'recovery' });
  });

  it.each([
    ['success', 'probe_success'],
    ['alive', 'probe_alive'],
  ] as const)('closes when its probe is a %s, and forgets the failures', (verdict, reason) => {
    const { settle, probe, changes, failures, end, breaker } = probing();
    settle(probe.epoch, verdict);
    expect(changes.at(-1)).toEqual({ from: 'half_open', to: 'closed', reason });
    expect(failures()).toBe(0);
    end('failure', 4);
    expect(breaker.state).toBe('closed');
  });

  it('opens again when its probe fails, for as long as before', () => {
    const { settle, probe, changes, retryAfterMs } = probing();
    settle(probe.epoch, 'failure');
    expect(changes.at(-1)).toEqual({ from: 'half_open', to: 'open', reason: 'probe_failure' });
    expect(retryAfterMs()).toBe(60_000);
  });

  it('waits twice as long each time where that is set, up to a limit, and starts over once it was closed', () => {
    const circuit = opened({ growth: true });
    for (const seconds of [60, 120, 240, 300, 300]) {
      expect(circuit.retryAfterMs()).toBe(seconds * 1000);
      circuit.wait(seconds);
      circuit.settle(circuit.enter().epoch, 'failure');
    }
    circuit.wait(300);
    circuit.settle(circuit.enter().epoch, 'success');
    circuit.end('failure', 5);
    expect(circuit.retryAfterMs()).toBe(60_000);
  });

  it('keeps a recovery time that is longer than the limit of growth', () => {
    expect(opened({ recoverySeconds: 600, growth: true }).retryAfterMs()).toBe(600_000);
  });

  it('takes the next request as its probe at once when the first one says nothing', () => {
    const { settle, probe, enter, breaker } = probing();
    settle(probe.epoch, 'neutral');
    expect(breaker.state).toBe('half_open');
    const next = enter();
    expect(next.isProbe).toBe(true);
    expect(settle(probe.epoch, 'failure')).toBe(false);
    settle(next.epoch, 'success');
    expect(breaker.state).toBe('closed');
  });

  it('opens again when its probe is not answered in time, counted from the end of its lease', () => {
    const { wait, allows, breaker, changes, retryAfterMs } = probing();
    wait(29.999);
    expect(allows()).toBe(false);
    expect(breaker.state).toBe('half_open');
    wait(10.001);
    expect(retryAfterMs()).toBe(50_000);
    expect(changes.at(-1)).toEqual({ from: 'half_open', to: 'open', reason: 'probe_expired' });
    expect(breaker.lastFailure).toBe('upstream_timeout');
  });

  it.each(['success', 'failure', 'neutral', 'alive'] as const)(
    'does not heed a probe whose lease is over: %s',
    (verdict) => {
      const { wait, settle, probe, breaker, changes } = probing();
      wait(30);
      expect(settle(probe.epoch, verdict)).toBe(false);
      expect(breaker.state).toBe('open');
      expect(changes).toHaveLength(3);
    },
  );

  it('can always be tried again behind a probe that nobody heard of any more', () => {
    const { wait, enter } = probing();
    wait(90);
    expect(enter().isProbe).toBe(true);
  });

  it('closes with the first of an answer, and counts the rest as of any request', () => {
    const { answered, probe, breaker, settle, end, failures } = probing();
    const epoch = answered(probe.epoch);
    expect(breaker.state).toBe('closed');
    expect(settle(epoch, 'failure')).toBe(true);
    expect(breaker.state).toBe('closed');
    expect(failures()).toBe(1);
    end('failure', 4);
    expect(breaker.state).toBe('open');
  });

  it('does not close with an answer that begins too late', () => {
    const { answered, probe, breaker, wait } = probing();
    wait(30);
    expect(answered(probe.epoch)).toBe(probe.epoch);
    expect(breaker.state).toBe('open');
  });

  it('once closed, is not opened by what was admitted before it had opened', () => {
    const circuit = harness();
    const old = circuit.enter().epoch;
    circuit.end('failure', 5);
    circuit.wait(60);
    circuit.settle(circuit.enter().epoch, 'success');
    for (let count = 0; count < 20; count++) circuit.settle(old, 'failure');
    circuit.end('failure', 4);
    expect(circuit.breaker.state).toBe('closed');
    circuit.end('failure');
    expect(circuit.breaker.state).toBe('open');
  });
});

describe('a circuit that is forced', () => {
  it('open lets nothing pass for any time', () => {
    const { force, wait, allows, breaker, retryAfterMs } = harness();
    force('open');
    wait(100_000);
    expect(allows()).toBe(false);
    expect(retryAfterMs()).toBe(60_000);
    expect(breaker.state).toBe('forced_open');
  });

  it('closed lets all pass and counts nothing', () => {
    const { force, end, enter, breaker } = opened();
    force('close');
    end('failure', 100);
    expect(enter().isProbe).toBe(false);
    expect(breaker.state).toBe('forced_closed');
  });

  it.each(['open', 'close'] as const)('%s goes back to closed, with nothing held against it', (to) => {
    const { force, end, breaker, changes } = harness();
    end('failure', 4);
    force(to);
    force('auto');
    end('failure', 4);
    expect(breaker.state).toBe('closed');
    expect(changes.map(({ reason }) => reason)).toEqual(['forced', 'forced']);
  });

  it('takes the lease from a probe that is under way', () => {
    const { force, settle, probe, breaker } = probing();
    force('open');
    expect(settle(probe.epoch, 'success')).toBe(false);
    expect(breaker.state).toBe('forced_open');
  });

  it('stays so when it is forced again, or reset', () => {
    const { force, reset, breaker, changes } = harness();
    force('open');
    force('open');
    reset();
    expect(breaker.state).toBe('forced_open');
    expect(changes).toHaveLength(1);
  });

  it('has nothing to end where nothing was forced', () => {
    const { force, breaker, changes } = opened();
    force('auto');
    expect(breaker.state).toBe('open');
    expect(changes).toHaveLength(1);
  });
});

describe('a reset', () => {
  it('closes an open circuit', () => {
    const { reset, breaker, changes } = opened();
    reset();
    expect(breaker.state).toBe('closed');
    expect(changes.at(-1)).toEqual({ from: 'open', to: 'closed', reason: 'reset' });
  });

  it('forgets failures, and those of requests that are under way', () => {
    const { reset, end, enter, settle, breaker } = harness();
    end('failure', 4);
    const { epoch } = enter();
    reset();
    settle(epoch, 'failure');
    end('failure', 4);
    expect(breaker.state).toBe('closed');
  });
});

describe('the time that a circuit was open', () => {
  it('runs from its opening to its closing, trying included', () => {
    const { settle, probe, wait, openMs, breaker } = probing();
    wait(5);
    expect(openMs()).toBe(65_000);
    expect(breaker.openSince).not.toBeNull();
    settle(probe.epoch, 'success');
    wait(100);
    expect(openMs()).toBe(65_000);
    expect(breaker.openSince).toBeNull();
  });

  it('adds up, forced times included', () => {
    const { force, wait, openMs } = opened();
    wait(10);
    force('open');
    wait(10);
    force('close');
    wait(10);
    expect(openMs()).toBe(20_000);
  });
});
