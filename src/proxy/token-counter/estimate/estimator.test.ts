import { describe, expect, it } from 'vitest';
import { fakeClock } from '../../../../test/support/fake-clock.ts';
import { estimator, type CountRequest, type StartCounter } from './estimator.ts';

/** Counters that answer when the test says so. */
function counters() {
  const started: {
    requests: CountRequest[];
    stopped: boolean;
    reply: (id: number, tokens: number) => void;
    fail: () => void;
  }[] = [];
  const start: StartCounter = ({ reply, failed }) => {
    const counter = {
      requests: [] as CountRequest[],
      stopped: false,
      reply: (id: number, tokens: number) => reply({ id, tokens }),
      fail: failed,
    };
    started.push(counter);
    return { post: (request) => void counter.requests.push(request), stop: () => void (counter.stopped = true) };
  };
  return { started, start };
}

describe('the estimator', () => {
  it('starts a counter with the first question, and gives each its own answer', async () => {
    const { started, start } = counters();
    const counting = estimator({ clock: fakeClock(), start });
    expect(started).toHaveLength(0);
    const answers = [counting.count('one'), counting.count('two')];
    const [counter] = started;
    expect(counter?.requests.map(({ text }) => text)).toEqual(['one', 'two']);
    counter?.reply(counter.requests[1]?.id ?? 0, 22);
    counter?.reply(counter.requests[0]?.id ?? 0, 11);
    expect(await Promise.all(answers)).toEqual([11, 22]);
    expect(started).toHaveLength(1);
  });

  it('stops the counter when nothing was asked for a minute, and starts another when something is', async () => {
    const clock = fakeClock();
    const { started, start } = counters();
    const counting = estimator({ clock, start });
    const first = counting.count('one');
    clock.advance(120_000);
    expect(started[0]?.stopped).toBe(false);
    started[0]?.reply(1, 1);
    await first;
    clock.advance(59_999);
    expect(started[0]?.stopped).toBe(false);
    clock.advance(1);
    expect(started[0]?.stopped).toBe(true);
    void counting.count('two');
    expect(started).toHaveLength(2);
  });

  it('goes on past the minute while there are questions', async () => {
    const clock = fakeClock();
    const { started, start } = counters();
    const counting = estimator({ clock, start });
    const first = counting.count('one');
    started[0]?.reply(1, 1);
    await first;
    clock.advance(50_000);
    void counting.count('two');
    clock.advance(50_000);
    expect(started[0]?.stopped).toBe(false);
  });

  it('gives null for what nobody can count: no text, too much of it, and one question too many', async () => {
    const { started, start } = counters();
    const counting = estimator({ clock: fakeClock(), start });
    expect(await counting.count('')).toBeNull();
    expect(await counting.count('x'.repeat(64 * 1024 + 1))).toBeNull();
    for (let count = 0; count < 64; count++) void counting.count('x');
    expect(await counting.count('x')).toBeNull();
    started[0]?.reply(1, 1);
    void counting.count('y');
    expect(started[0]?.requests.at(-1)?.text).toBe('y');
  });

  it('gives null to all who wait when the counter fails, and does not start it again', async () => {
    const { started, start } = counters();
    const counting = estimator({ clock: fakeClock(), start });
    const answers = [counting.count('one'), counting.count('two')];
    started[0]?.fail();
    expect(await Promise.all(answers)).toEqual([null, null]);
    expect(await counting.count('three')).toBeNull();
    expect(started).toHaveLength(1);
  });

  it('gives null to all who wait when it is closed', async () => {
    const { started, start } = counters();
    const counting = estimator({ clock: fakeClock(), start });
    const answer = counting.count('one');
    counting.close();
    expect(await answer).toBeNull();
    expect(started[0]?.stopped).toBe(true);
  });

  it('gives null where its thread cannot be started', async () => {
    // The compiled worker does not lie beside the sources that this test runs.
    const counting = estimator({ clock: fakeClock() });
    expect(await counting.count('one')).toBeNull();
    expect(await counting.count('two')).toBeNull();
  });
});
