import { describe, expect, it } from 'vitest';
import { ScriptedClock } from '../../../test/support/scripted-clock.ts';
import { createScriptedServer } from '../../../test/support/scripted-server.ts';
import { answerAtMs, type MockPace } from '../proof/mock-hold.ts';
import { runOpen } from '../proof/open-load.ts';
import type { LoadOutcome } from '../proof/proof-jobs.ts';
import { checkFixed, checkLate, checkSlowed, checkStall, paces } from './checks.ts';

/** 100 requests a second for 20 s, by a clock that stands still but for what happens. */
function load({ delayMs, stall }: MockPace, busyEachMs = 0): Promise<LoadOutcome> {
  const clock = new ScriptedClock();
  const { open } = createScriptedServer(clock, { answerAtMs: (now) => answerAtMs({ delayMs, stall }, now, 0) });
  for (let ms = 25; busyEachMs > 0 && ms < 20_000; ms += busyEachMs) clock.at(ms, () => clock.spend(30));
  const target = { port: 1, workload: 'passthrough', apiKey: null, prefix: '', connections: 100 } as const;
  const job = { kind: 'open', perSecond: 100, seconds: 20, arrival: 'even', seed: 1, ...target } as const;
  return clock.run(runOpen(job, clock, open));
}

const mockOf = (delayMs: number): MockPace => ({ delayMs, stall: null });

describe('what the benchmark says of itself', () => {
  it('is that a mock of 50 ms reads 50 ms', async () => {
    expect(checkFixed(await load(paces.fixed))).toMatchObject({
      passes: true,
      found: expect.stringContaining('p50 50.0'),
    });
    expect(checkFixed(await load(mockOf(48))).passes).toBe(false);
    expect(checkFixed(await load(mockOf(53))).passes).toBe(false);
  });

  it('is that a stall of 1 s each 10 s shows in p99', async () => {
    expect(checkStall(await load(paces.stalling)).passes).toBe(true);
    expect(checkStall(await load(mockOf(5))).passes).toBe(false);
  });

  it('is that late sends make a run invalid', async () => {
    expect(checkLate(await load(mockOf(5), 200))).toMatchObject({
      passes: true,
      found: expect.stringContaining('INVALID'),
    });
    expect(checkLate(await load(mockOf(5)))).toMatchObject({ passes: false, found: expect.stringContaining('valid') });
  });

  it('is that a slowed proxy fails against its baseline, and one that is as before does not', async () => {
    const before = await load(mockOf(2));
    expect(checkSlowed(before, await load(mockOf(7))).passes).toBe(true);
    expect(checkSlowed(before, await load(mockOf(2))).passes).toBe(false);
  });
});
