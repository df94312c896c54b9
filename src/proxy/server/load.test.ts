import { describe, expect, it } from 'vitest';
import { fakeClock, type FakeClock } from '../../../test/support/fake-clock.ts';
import { Admission, type Applicant } from './admission.ts';
import { EventLoopLag } from './event-loop-lag.ts';
import { Load } from './load.ts';
import { capacityOptions } from './options.ts';

interface Started {
  readonly clock: FakeClock;
  readonly load: Load;
  readonly told: (string | null)[];
  heapShare: number;
}

function start(lagMs = 200): Started {
  const clock = fakeClock();
  const told: (string | null)[] = [];
  const started = { clock, told, heapShare: 0 };
  const heapShare = (): number => started.heapShare;
  const load = new Load({ clock, lagMs, usedMs: () => 0, heapShare, changed: (why) => told.push(why) });
  return Object.assign(started, { load });
}

/** The loop ticks every 50 ms, each time so much too late. */
function lagOf(...lateMs: number[]): number {
  return lagWhereUsed(1, ...lateMs);
}

/** The same where it has that share of the processor. */
function lagWhereUsed(share: number, ...lateMs: number[]): number {
  const lag = new EventLoopLag(50, 0, 0);
  let now = 0;
  for (const late of lateMs) lag.tick((now += 50 + late), now * share);
  return lag.ms;
}

describe('the lag of the event loop', () => {
  it('is nothing at the start', () => expect(new EventLoopLag(50, 0, 0).ms).toBe(0));

  it('leaves a single pause out, however long', () => {
    expect(lagOf(0, 1, 9000)).toBe(1);
    expect(lagOf(0, 900, 0, 1)).toBe(1);
  });

  it('is what comes again within a second', () => {
    expect(lagOf(250, 250, 250)).toBe(250);
    expect(lagOf(300, 0, 0, 250, 0)).toBe(250);
  });

  it('is seen where each turn takes longer than that', () => expect(lagOf(0, 3000, 2000)).toBe(2000));

  it('does not count what others have used the processor for', () => {
    expect(lagWhereUsed(0.1, 950, 450, 450)).toBe(50);
    expect(lagWhereUsed(0.5, 950, 450, 450)).toBe(250);
  });

  it('is forgotten after a second', () => {
    expect(lagOf(250, 250, ...Array.from({ length: 13 }, () => 0))).toBe(250);
    expect(lagOf(250, 250, ...Array.from({ length: 14 }, () => 0))).toBe(0);
  });
});

describe('the load', () => {
  it('presses where the heap stays nearly full, and keeps connections out where it is fuller still', () => {
    const started = start();
    const { clock, load, told } = started;
    started.heapShare = 0.86;
    clock.advance(250);
    expect(load.pressure).toBe(null);
    clock.advance(250);
    expect([load.pressure, load.refusesConnections]).toEqual(['heap', false]);
    started.heapShare = 0.96;
    clock.advance(500);
    expect(load.refusesConnections).toBe(true);
    started.heapShare = 0.5;
    clock.advance(250);
    expect([load.pressure, load.refusesConnections]).toEqual([null, false]);
    expect(told).toEqual(['heap', null]);
  });

  it('does not press where the heap is full for a moment only', () => {
    const started = start();
    started.heapShare = 0.99;
    started.clock.advance(250);
    started.heapShare = 0.3;
    started.clock.advance(10_000);
    expect(started.told).toEqual([]);
  });

  it('is nothing in an idle proxy', () => {
    const { clock, told } = start();
    clock.advance(60_000);
    expect(told).toEqual([]);
  });
});

/** Ticks that come too late: the clock runs, and the timer only then. */
function late(lateMs: number[], lagMs = 200): Load {
  let now = 0;
  let tick = (): void => undefined;
  const clock = {
    ...fakeClock(),
    now: () => now,
    every: (_: number, run: () => void) => ((tick = run), () => undefined),
  };
  const load = new Load({ clock, lagMs, usedMs: () => now, heapShare: () => 0, changed: () => undefined });
  for (const ms of lateMs) {
    now += 50 + ms;
    tick();
  }
  return load;
}

it.each([
  ['not at 199 ms', [199, 199], null, false],
  ['at 200 ms', [200, 200], 'event_loop', false],
  ['and closes idle connections at 500 ms', [500, 500], 'event_loop', true],
  ['until it is less than half of that', [200, 200, ...Array.from({ length: 9 }, () => 100)], 'event_loop', false],
  ['no longer than that', [200, 200, ...Array.from({ length: 12 }, () => 99)], null, false],
] as const)('a late event loop presses %s', (_, lateMs, pressure, closesIdle) => {
  const load = late([...lateMs]);
  expect([load.pressure, load.closesIdle]).toEqual([pressure, closesIdle]);
});

it('is not looked at where the user says 0', () => expect(late([9000, 9000], 0).pressure).toBe(null));

describe('admission', () => {
  const capacity = capacityOptions.parse({ inFlight: 1, queue: 2, queueMs: 5000 });

  function applicants(admission: Admission): (name: string) => Applicant & { readonly log: string[] } {
    const log: string[] = [];
    return (name) => {
      const applicant = {
        log,
        enter: () => void log.push(`${name} enters`),
        refuse: ({ code }: { code: string }) => void log.push(`${name}: ${code}`),
      };
      admission.ask(applicant);
      return applicant;
    };
  }

  it('refuses whoever comes while the load is too high, and counts that', () => {
    const { clock, load } = start();
    load.pressure = 'event_loop';
    const { log } = applicants(new Admission(capacity, clock, load))('one');
    expect(log).toEqual(['one: overloaded']);
    expect(load.shed).toMatchObject({ event_loop: 1, queue: 0 });
  });

  it('serves the last of the queue first, refuses whom it has no room for, and lets nobody wait longer than allowed', () => {
    const { clock, load } = start();
    const admission = new Admission(capacity, clock, load);
    const ask = applicants(admission);
    const { log } = ask('one');
    ask('two');
    ask('three');
    ask('four');
    admission.leave();
    expect(log).toEqual(['one enters', 'four: overloaded', 'three enters']);
    clock.advance(4800);
    expect(log).toHaveLength(3);
    clock.advance(200);
    expect(log.slice(3)).toEqual(['two: overloaded']);
    expect(load.shed).toMatchObject({ in_flight: 1, queue: 1 });
  });

  it('gives the place of who left the queue to another', () => {
    const { clock, load } = start();
    const admission = new Admission(capacity, clock, load);
    const ask = applicants(admission);
    const { log } = ask('one');
    const gone = ask('two');
    ask('three');
    admission.withdraw(gone);
    ask('four');
    admission.leave();
    admission.leave();
    admission.leave();
    expect(log).toEqual(['one enters', 'four enters', 'three enters']);
  });
});
