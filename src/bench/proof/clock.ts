import { Worker } from 'node:worker_threads';

/** The time, and calls at a time: given from outside, so that tests need not wait. */
export interface Clock {
  /** Milliseconds since some moment; never goes back. */
  readonly now: () => number;
  /** Calls once when it is `ms`: never before, and as soon after as can be. Calls of one time are made in the order in which they were asked for. */
  readonly at: (ms: number, call: () => void) => void;
}

export interface RealClock extends Clock {
  /** Ends its thread. No call is made any more. */
  readonly close: () => void;
}

interface Alarm {
  readonly ms: number;
  readonly call: () => void;
}

/** The same in all threads of a process, which `performance.now()` is not. */
export function monotonicMs(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1000 + nanoseconds / 1e6;
}

/** Shared with the thread: the time for which it waits, and a number that changes when that does. */
export interface SharedAlarm {
  readonly dueMs: Float64Array<SharedArrayBuffer>;
  readonly changes: Int32Array<SharedArrayBuffer>;
}

/** Puts an alarm behind those that are due before it or at the same time. Most are the last. */
function insert(alarms: Alarm[], alarm: Alarm): void {
  let at = alarms.length;
  while (at > 0 && (alarms[at - 1] as Alarm).ms > alarm.ms) at -= 1;
  alarms.splice(at, 0, alarm);
}

/**
 * Node's timers know whole milliseconds only, and may come before their time by the fraction. This clock has a thread that
 * sleeps until the next call is due, which the system does to some 0.1 ms, and then wakes this one.
 */
export async function createRealClock(): Promise<RealClock> {
  const shared: SharedAlarm = {
    dueMs: new Float64Array(new SharedArrayBuffer(8)).fill(Infinity),
    changes: new Int32Array(new SharedArrayBuffer(4)),
  };
  const thread = new Worker(new URL('./clock-thread.js', import.meta.url), { workerData: shared });
  const alarms: Alarm[] = [];

  const wait = (): void => {
    shared.dueMs[0] = alarms[0]?.ms ?? Infinity;
    Atomics.add(shared.changes, 0, 1);
    Atomics.notify(shared.changes, 0);
  };
  const ring = (): void => {
    while (alarms.length > 0 && (alarms[0] as Alarm).ms <= monotonicMs()) alarms.shift()?.call();
    wait();
  };
  await new Promise((resolve, reject) => thread.once('message', resolve).once('error', reject));
  thread.on('message', ring);
  return {
    now: monotonicMs,
    at(ms, call) {
      insert(alarms, { ms, call });
      if (alarms[0]?.call === call) wait();
    },
    close: () => void thread.terminate(),
  };
}
