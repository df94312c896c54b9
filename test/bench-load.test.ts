import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type * as ClockModule from '../src/bench/proof/clock.ts';
import type * as ChildrenModule from '../src/bench/processes/children.ts';
import type { LoadOutcome, ProofJob, ProofReply } from '../src/bench/proof/proof-jobs.ts';

// The built benchmark, since its processes and threads can only be started from compiled files.
const url = (file: string): URL => new URL(`../dist/bench/${file}`, import.meta.url);
const bench = async <T>(file: string): Promise<T> => (await import(url(file).href)) as T;
const { createRealClock } = await bench<typeof ClockModule>('proof/clock.js');
const { createChildren, nextMessage } = await bench<typeof ChildrenModule>('processes/children.js');

const children = createChildren();
afterAll(() => children.end());

describe('the clock of the load', () => {
  it('makes each call once, in order, and never before its time', async () => {
    const clock = await createRealClock();
    const calls: { readonly dueMs: number; readonly atMs: number }[] = [];
    const startMs = clock.now();
    await new Promise<void>((resolve) => {
      const due = [7.3, 0, 2.25, 12.9, 2.25, 7.31];
      for (const ms of due) {
        const dueMs = startMs + ms;
        clock.at(dueMs, () => {
          calls.push({ dueMs, atMs: clock.now() });
          // One that is asked for by a call is made as well.
          if (calls.length === due.length) clock.at(clock.now() + 1.5, resolve);
        });
      }
    });
    clock.close();
    expect(calls.map(({ dueMs }) => dueMs - startMs)).toEqual(
      [0, 2.25, 2.25, 7.3, 7.31, 12.9].map((ms) => startMs + ms - startMs),
    );
    expect(calls.filter(({ dueMs, atMs }) => atMs < dueMs)).toEqual([]);
  });
});

describe('the load process and the mock process', () => {
  let generator: ReturnType<typeof children.fork>;
  let port: number;
  beforeAll(async () => {
    const mock = children.fork(url('proof/proof-mock.js'), ['20'], null);
    ({ port } = (await nextMessage(mock)) as { port: number });
    generator = children.fork(url('proof/proof-load.js'), [], null);
  });

  const target = { apiKey: null, prefix: '', connections: 10 } as const;
  const send = async (job: ProofJob): Promise<ProofReply> => {
    generator.send(job);
    return (await nextMessage(generator)) as ProofReply;
  };
  const outcomeOf = (reply: ProofReply): LoadOutcome => {
    if ('error' in reply) throw new Error(reply.error);
    return reply.outcome;
  };
  const open = { kind: 'open', perSecond: 100, seconds: 0.5, arrival: 'poisson', seed: 3 } as const;

  it.each(['passthrough', 'stream', 'large-20k', 'error'] as const)('send %s at its times', async (workload) => {
    const outcome = outcomeOf(await send({ ...open, ...target, port, workload }));
    expect(outcome).toMatchObject({ count: 50, errors: 0, firstError: null });
    expect(outcome.lateness?.count).toBe(50);
    expect(outcome.latency.maxMicros).toBeGreaterThanOrEqual(20_000);
    expect(outcome.firstByte === null).toBe(workload !== 'stream');
  });

  it('send as fast as answers come', async () => {
    const closed = { kind: 'closed', until: { requests: 60 } } as const;
    expect(outcomeOf(await send({ ...closed, ...target, port, workload: 'passthrough' }))).toMatchObject({
      ...{ count: 60, errors: 0, inFlight: 10 },
    });
  });

  it('say why where there is nobody to ask, and go on with the next job', async () => {
    const mock = children.fork(url('proof/proof-mock.js'), [], null);
    const { port: gone } = (await nextMessage(mock)) as { port: number };
    mock.kill();
    await once(mock, 'exit');
    expect(await send({ ...open, ...target, port: gone, workload: 'passthrough' })).toMatchObject({
      error: expect.stringContaining('ECONNREFUSED'),
    });
    expect(await send({ ...open, ...target, port, workload: 'translation' })).toEqual({
      error: 'the workload translation is not available',
    });
    expect(outcomeOf(await send({ ...open, ...target, port, workload: 'health' })).count).toBe(50);
  });

  it('end with their parent', async () => {
    generator.disconnect();
    await once(generator, 'exit');
    expect(generator.exitCode).toBe(0);
  });
});
