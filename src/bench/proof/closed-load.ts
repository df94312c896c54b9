import type autocannon from 'autocannon';
import { watchClient, type WatchedClient } from './autocannon-client.ts';
import { monotonicMs } from './clock.ts';
import type { ClosedJob, LoadOutcome } from './proof-jobs.ts';
import { Tally } from './tally.ts';
import { workloadOf, type Fault } from './workload.ts';

/** autocannon gives an answer up after so long. */
const patienceSeconds = 30;
/** How often autocannon looks whether it is at its end. */
const lookMs = 50;

/**
 * Each connection sends its next request when it has its answer. autocannon sends and reads; times and counts are taken
 * from its events, since its own are of whole milliseconds, and its time limit cuts off whatever is in flight.
 */
export async function runClosed(job: ClosedJob): Promise<LoadOutcome> {
  // Here and not above: it takes a while to load, and only this mode needs it.
  const { default: run } = await import('autocannon');
  const workload = workloadOf(job);
  const tally = new Tally(monotonicMs());
  const clients: WatchedClient[] = [];
  let fault: Fault = null;

  const options: autocannon.Options = {
    url: `http://127.0.0.1:${job.port}${workload.path}`,
    method: workload.method,
    // autocannon says `Connection: keep-alive` by itself.
    headers: Object.fromEntries(workload.headers.filter(([name]) => name !== 'Connection')),
    ...(workload.method === 'POST' ? { body: workload.body } : {}),
    timeout: patienceSeconds,
    sampleInt: lookMs,
    requests: [
      {
        // Called right before the event `response`.
        onResponse(status, body) {
          const examiner = workload.examine();
          examiner.body(Buffer.from(body));
          fault = examiner.end(status);
        },
      },
    ],
    setupClient(client) {
      const watch = { tally, now: monotonicMs, isStream: workload.isStream, patienceMs: patienceSeconds * 1000 };
      clients.push(watchClient(client, { ...watch, fault: () => fault }));
    },
    ...limitOf(job),
  };
  const ended = run(options);
  const timer = 'seconds' in job.until ? setTimeout(() => finish(clients), job.until.seconds * 1000) : undefined;
  await ended;
  clearTimeout(timer);
  return tally.outcome({ isStream: workload.isStream, isOpen: false });
}

function finish(clients: readonly WatchedClient[]): void {
  for (const client of clients) client.finish();
}

type Limit = Pick<autocannon.Options, 'connections' | 'amount' | 'duration'>;

function limitOf({ until, connections }: ClosedJob): Limit {
  if ('requests' in until) return { connections: Math.min(connections, until.requests), amount: until.requests };
  // Ended by `finish`; this is for what hangs in spite of it.
  return { connections, duration: until.seconds + 3 * patienceSeconds };
}
