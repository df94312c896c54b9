import { describe, expect, it } from 'vitest';
import { ScriptedClock } from '../../../test/support/scripted-clock.ts';
import { createScriptedServer, type ScriptedServer, type ServerScript } from '../../../test/support/scripted-server.ts';
import { refusal, wholeReply } from '../replies.ts';
import { lateReason } from './gate.ts';
import { Histogram } from './histogram.ts';
import { answerAtMs } from './mock-hold.ts';
import { runOpen } from './open-load.ts';
import type { HistogramData, LoadOutcome, OpenJob } from './proof-jobs.ts';

const usual: OpenJob = {
  ...{ kind: 'open', port: 1, workload: 'passthrough', apiKey: null, prefix: '', connections: 100 },
  ...{ perSecond: 100, seconds: 10, arrival: 'even', seed: 1 },
};

interface Run {
  readonly outcome: LoadOutcome;
  readonly server: ScriptedServer;
}

async function load(
  job: Partial<OpenJob>,
  script: ServerScript,
  prepare?: (clock: ScriptedClock) => void,
): Promise<Run> {
  const clock = new ScriptedClock();
  const server = createScriptedServer(clock, script);
  prepare?.(clock);
  return { outcome: await clock.run(runOpen({ ...usual, ...job }, clock, server.open)), server };
}

const percentiles = (data: HistogramData | null) => Histogram.from(data as HistogramData).percentiles();
const after = (ms: number): ServerScript => ({ answerAtMs: (now) => now + ms });

describe('an open loop', () => {
  it('reads 50 ms where each answer takes 50 ms', async () => {
    const { outcome } = await load({}, after(50));
    const { p50, p999, max } = percentiles(outcome.latency);
    expect([p50, p999, max].map((ms) => Math.abs(ms - 50) <= 0.05)).toEqual([true, true, true]);
    expect(outcome).toMatchObject({ count: 1000, errors: 0, firstError: null, late: 0 });
  });

  it('shows in p99 that a server stops for a second of each ten, with many connections and with few', async () => {
    const pace = { delayMs: 5, stall: { everyMs: 10_000, ms: 1000 } };
    const stalling: ServerScript = { answerAtMs: (now) => answerAtMs(pace, now, 0) };
    for (const connections of [200, 4]) {
      const { outcome } = await load({ seconds: 20, connections }, stalling);
      const { p50, p99 } = percentiles(outcome.latency);
      expect(p50).toBeCloseTo(5, 1);
      expect(p99).toBeGreaterThan(850);
      expect(p99).toBeLessThan(1010);
    }
  });

  it('counts the wait for a free connection as latency, and not as lateness', async () => {
    const { outcome } = await load({ connections: 1, seconds: 1 }, after(50));
    // The last one is due at 990 ms, and answered when 100 answers of 50 ms have been waited for.
    expect(percentiles(outcome.latency).max).toBeCloseTo(100 * 50 - 990, 6);
    expect(percentiles(outcome.lateness).max).toBeCloseTo(0, 6);
    expect(outcome.late).toBe(0);
  });

  it('counts what a busy generator sends late, and that makes a run invalid', async () => {
    const busy = (clock: ScriptedClock): void => {
      for (let ms = 25; ms < 10_000; ms += 500) clock.at(ms, () => clock.spend(30));
    };
    const { outcome } = await load({}, after(1), busy);
    expect(outcome.late).toBe(60);
    expect(percentiles(outcome.lateness).max).toBeGreaterThan(20);
    expect(lateReason({ sent: outcome.count, late: outcome.late })).toContain('6.0%');
    // It was the user of a slow generator who waited: his wait is in the latency.
    expect(percentiles(outcome.latency).max).toBeGreaterThan(20);
  });

  it('sends at once what it has missed, and no more than was to be sent', async () => {
    const { outcome, server } = await load({ seconds: 1 }, after(1), (clock) => clock.at(100, () => clock.spend(5000)));
    expect(server.asked).toHaveLength(100);
    expect(outcome.count).toBe(100);
  });

  it('keeps latency by the second in which each request was due', async () => {
    const { outcome } = await load({ seconds: 3 }, { answerAtMs: (now, n) => now + (n < 200 ? 10 : 20) });
    const seconds = outcome.bySecond.map(percentiles);
    expect(seconds.map(({ p50 }) => Math.round(p50))).toEqual([10, 10, 20]);
    expect(outcome.bySecond.map(({ count }) => count)).toEqual([100, 100, 100]);
  });

  it('tells how many requests were in flight', async () => {
    const { outcome } = await load({ perSecond: 1000, seconds: 2 }, after(50));
    expect(outcome.inFlight).toBeGreaterThanOrEqual(49);
    expect(outcome.inFlight).toBeLessThanOrEqual(51);
  });
});

describe('an answer that is not what was due', () => {
  const some = (n: number, wrong: Buffer | null): Buffer | null => (n % 10 === 0 ? wrong : wholeReply('plain'));

  it.each([
    ['of another status', refusal()],
    ['with another body', Buffer.from(wholeReply('plain').toString().replace('The total', 'the total'))],
    ['that is shorter', Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}')],
  ])('%s is an error, and has a latency', async (_, wrong) => {
    const { outcome } = await load({}, { ...after(5), reply: (n) => some(n, wrong) });
    expect(outcome).toMatchObject({ count: 1000, errors: 100, invalidJson: 0 });
    expect(outcome.firstError).toContain('not what was due');
    expect(outcome.latency.count).toBe(1000);
  });

  it('that is no JSON is counted among the errors and by itself', async () => {
    const broken = Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"status"');
    const { outcome } = await load({ workload: 'health' }, { ...after(5), reply: (n) => some(n, broken) });
    expect(outcome).toMatchObject({ count: 1000, errors: 100, invalidJson: 100 });
  });

  it('is right where an error is what is asked for', async () => {
    const { outcome } = await load({ workload: 'error' }, { ...after(5), reply: () => refusal() });
    expect(outcome).toMatchObject({ count: 1000, errors: 0 });
  });
});

describe('a connection', () => {
  it('that breaks is an error without a latency, and is replaced', async () => {
    const reply = (n: number): Buffer | null => (n % 20 === 0 ? null : wholeReply('plain'));
    const { outcome, server } = await load({ connections: 2 }, { ...after(5), reply });
    expect(outcome).toMatchObject({ count: 1000, errors: 50, firstError: 'reset by the script' });
    expect(outcome.latency.count).toBe(950);
    expect(server.opened()).toBe(2 + 50);
  });

  it('that the server will close is used no more', async () => {
    const closing = Buffer.from(wholeReply('plain').toString().replace('Server: mock', 'Connection: close'));
    const { outcome, server } = await load({ connections: 2, seconds: 1 }, { ...after(5), reply: () => closing });
    expect(outcome).toMatchObject({ count: 100, errors: 0 });
    expect(server.opened()).toBeGreaterThanOrEqual(100);
  });

  it('takes part in turn with all others, so that none rests for long', async () => {
    const { server } = await load({ connections: 30, seconds: 1 }, after(1));
    const turn = server.asked.slice(0, 30);
    expect(new Set(turn).size).toBe(30);
    expect(server.asked.slice(30, 60)).toEqual(turn);
  });
});

describe('a server that does not answer', () => {
  it('is given up in the end, with the time that was waited and what could not be sent', async () => {
    const { outcome } = await load(
      { connections: 3, seconds: 1 },
      { answerAtMs: (now, n) => (n < 10 ? now + 5 : null) },
    );
    expect(outcome.count).toBe(13);
    expect(outcome.errors).toBe(90);
    expect(outcome.firstError).toBe('no answer in time');
    expect(percentiles(outcome.latency).p50).toBeGreaterThan(30_000);
  });
});

describe('a stream', () => {
  it('is timed to its first byte and between its events', async () => {
    const { outcome } = await load(
      { workload: 'stream' },
      { ...after(5), reply: () => wholeReply({ pacedEvents: 5 }) },
    );
    expect(outcome.errors).toBe(0);
    expect(percentiles(outcome.firstByte).p50).toBeCloseTo(5, 2);
    expect(outcome.gaps?.count).toBe(4 * 1000);
  });
});

describe('a workload that does not exist yet', () => {
  it.each(['cache', 'translation'] as const)('%s is refused', async (workload) => {
    await expect(load({ workload }, after(1))).rejects.toThrow(`the workload ${workload} is not available`);
  });
});
