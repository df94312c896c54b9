import type { Connection } from '../load/connection.ts';
import { arrivalTimesMs } from './arrivals.ts';
import type { Clock } from './clock.ts';
import { ConnectionPool, type Open } from './connection-pool.ts';
import type { LoadOutcome, OpenJob } from './proof-jobs.ts';
import { Tally } from './tally.ts';
import { requestBytes, workloadOf, type Workload } from './workload.ts';

/** The first request is due so long after all is ready. */
const leadMs = 20;
/** So long after the last request was due, whoever has no answer is given up. */
const patienceMs = 30_000;

const closesBehind = /\nconnection: *close/i;
/** The events that the mock paces. */
const pacedEvent = 'content_block_delta';

interface Asked {
  readonly dueMs: number;
  readonly connection: Connection;
}

/**
 * Sends each request at its time, over the connection that has rested longest. One that is due while all are busy waits
 * for the next that comes free: that counts as its latency, since a latency is from the time at which its request was due.
 */
export async function runOpen(job: OpenJob, clock: Clock, open: Open): Promise<LoadOutcome> {
  const load = new OpenLoad(job, clock, open);
  return load.run(job.connections);
}

class OpenLoad {
  readonly #clock: Clock;
  readonly #pool: ConnectionPool;
  readonly #workload: Workload;
  readonly #request: Buffer;
  /** From the start, ascending. Requests are sent in this order. */
  readonly #times: Float64Array;
  readonly #asked = new Set<Asked>();
  #tally = new Tally(0);
  #startMs = 0;
  /** Whose time has come. */
  #offered = 0;
  /** Of those, who has found a connection. */
  #sent = 0;
  #done: () => void = () => undefined;

  constructor(job: OpenJob, clock: Clock, open: Open) {
    this.#clock = clock;
    this.#workload = workloadOf(job);
    this.#request = requestBytes(this.#workload, job.port);
    this.#times = arrivalTimesMs(job);
    this.#pool = new ConnectionPool(open, clock, () => this.#sendOffered());
  }

  async run(connections: number): Promise<LoadOutcome> {
    try {
      await this.#pool.fill(connections);
      const done = new Promise<void>((resolve) => (this.#done = resolve));
      this.#startMs = this.#clock.now() + leadMs;
      this.#tally = new Tally(this.#startMs);
      this.#clock.at(this.#dueMs(this.#times.length - 1) + patienceMs, () => this.#giveUp());
      this.#offer();
      await done;
    } finally {
      this.#pool.close();
    }
    return this.#tally.outcome({ isStream: this.#workload.isStream, isOpen: true });
  }

  #dueMs(n: number): number {
    return this.#startMs + (this.#times[n] ?? 0);
  }

  /** Offers all whose time has come, and comes again when it is the next one's. */
  #offer(): void {
    while (this.#offered < this.#times.length) {
      const dueMs = this.#dueMs(this.#offered);
      const lateByMs = this.#clock.now() - dueMs;
      if (lateByMs < 0) return this.#clock.at(dueMs, () => this.#offer());
      this.#tally.offered(lateByMs);
      this.#offered += 1;
      this.#sendOffered();
    }
    this.#endIfDone();
  }

  #sendOffered(): void {
    while (this.#sent < this.#offered) {
      const connection = this.#pool.take();
      if (connection === null) return;
      const dueMs = this.#dueMs(this.#sent);
      this.#sent += 1;
      this.#ask({ dueMs, connection });
    }
  }

  #ask(asked: Asked): void {
    const { dueMs, connection } = asked;
    const examiner = this.#workload.examine();
    const watchBody = this.#workload.isStream ? this.#streamWatcher(dueMs) : null;
    let isSpent = false;
    this.#asked.add(asked);
    this.#tally.sent();
    connection.send(this.#request, {
      head: (head) => void (isSpent = closesBehind.test(head)),
      body(bytes) {
        watchBody?.(bytes);
        examiner.body(bytes);
      },
      end: (status) => {
        if (!this.#asked.delete(asked)) return;
        this.#tally.answered(dueMs, this.#clock.now(), examiner.end(status));
        if (isSpent) this.#pool.drop(connection);
        else this.#pool.give(connection);
        this.#endIfDone();
      },
      failed: (error) => {
        if (!this.#asked.delete(asked)) return;
        this.#tally.broke(error, this.#clock.now());
        this.#pool.drop(connection);
        this.#endIfDone();
      },
    });
  }

  #streamWatcher(dueMs: number): (bytes: Buffer) => void {
    let isFirst = true;
    let eventMs: number | null = null;
    return (bytes) => {
      const now = this.#clock.now();
      if (isFirst) this.#tally.firstByte(dueMs, now);
      isFirst = false;
      if (!bytes.includes(pacedEvent)) return;
      if (eventMs !== null) this.#tally.gap(now - eventMs);
      eventMs = now;
    };
  }

  #giveUp(): void {
    const now = this.#clock.now();
    for (const { dueMs } of this.#asked) this.#tally.gaveUp(dueMs, now);
    this.#asked.clear();
    for (; this.#sent < this.#offered; this.#sent += 1) this.#tally.neverSent(this.#dueMs(this.#sent), now);
    this.#endIfDone();
  }

  #endIfDone(): void {
    if (this.#tally.ended === this.#times.length) this.#done();
  }
}
