/** A thread of the benchmark that wakes its parent when the time has come for which it was told to wait. See `createRealClock`. */
import { parentPort, workerData } from 'node:worker_threads';
import { monotonicMs, type SharedAlarm } from './clock.ts';

const { dueMs, changes } = workerData as SharedAlarm;

parentPort?.postMessage('ready');
for (;;) {
  const seen = Atomics.load(changes, 0);
  const waitMs = (dueMs[0] as number) - monotonicMs();
  if (waitMs > 0) {
    Atomics.wait(changes, 0, seen, waitMs);
  } else {
    dueMs[0] = Infinity;
    parentPort?.postMessage('due');
  }
}
