import { Histogram } from './histogram.ts';
import type { LoadOutcome } from './proof-jobs.ts';
import type { Fault } from './workload.ts';

/** Later than this, a request was not sent at its time. */
const lateMs = 2;
/** So long is latency kept by the second; what is due later counts in the whole only. */
const secondsKept = 3600;

/** The lower median of small whole numbers, by how often each was seen. */
function medianOf(seen: readonly number[]): number {
  const total = seen.reduce((sum, times) => sum + times, 0);
  let below = 0;
  for (const [value, times] of seen.entries()) {
    below += times;
    if (total > 0 && below * 2 >= total) return value;
  }
  return 0;
}

/** Counts what becomes of the requests of one job. All times are of one clock, in milliseconds. */
export class Tally {
  readonly #startMs: number;
  readonly #latency = new Histogram();
  readonly #bySecond: Histogram[] = [];
  readonly #firstByte = new Histogram();
  readonly #gaps = new Histogram();
  readonly #lateness = new Histogram();
  readonly #inFlightSeen: number[] = [];
  #sent = 0;
  #ended = 0;
  #late = 0;
  #errors = 0;
  #invalidJson = 0;
  #firstError: string | null = null;
  #lastEndMs: number;

  constructor(startMs: number) {
    this.#startMs = startMs;
    this.#lastEndMs = startMs;
  }

  /** Requests that have come to their end, whatever it was. */
  get ended(): number {
    return this.#ended;
  }

  /** The generator has come to a request by so much after its time. */
  offered(lateByMs: number): void {
    this.#lateness.add(lateByMs);
    if (lateByMs > lateMs) this.#late += 1;
  }

  sent(): void {
    this.#sent += 1;
  }

  firstByte(dueMs: number, nowMs: number): void {
    this.#firstByte.add(nowMs - dueMs);
  }

  gap(ms: number): void {
    this.#gaps.add(ms);
  }

  answered(dueMs: number, nowMs: number, fault: Fault): void {
    this.#end(nowMs);
    this.#took(dueMs, nowMs);
    if (fault === 'invalid json') this.#invalidJson += 1;
    if (fault !== null)
      this.#failed(fault === 'wrong' ? 'an answer that is not what was due' : 'an answer that is no JSON');
  }

  /** Its connection broke, so there is no time to tell. */
  broke(error: Error, nowMs: number): void {
    this.#end(nowMs);
    this.#failed(error.message);
  }

  /** It took too long; the time until now is the least that it would have taken. */
  gaveUp(dueMs: number, nowMs: number): void {
    this.#end(nowMs);
    this.#took(dueMs, nowMs);
    this.#failed('no answer in time');
  }

  /** Could not be sent before the end. */
  neverSent(dueMs: number, nowMs: number): void {
    this.#ended += 1;
    this.#took(dueMs, nowMs);
    this.#failed('no connection came free in time');
  }

  outcome(kind: { readonly isStream: boolean; readonly isOpen: boolean }): LoadOutcome {
    return {
      count: this.#sent,
      errors: this.#errors,
      firstError: this.#firstError,
      invalidJson: this.#invalidJson,
      elapsedMs: this.#lastEndMs - this.#startMs,
      latency: this.#latency.data(),
      bySecond: Array.from(this.#bySecond, (second) => (second ?? new Histogram()).data()),
      firstByte: kind.isStream ? this.#firstByte.data() : null,
      gaps: kind.isStream && kind.isOpen ? this.#gaps.data() : null,
      lateness: kind.isOpen ? this.#lateness.data() : null,
      late: this.#late,
      inFlight: medianOf(Array.from(this.#inFlightSeen, (times) => times ?? 0)),
    };
  }

  /** Called with the request that ends still among those in flight. */
  #end(nowMs: number): void {
    const inFlight = this.#sent - this.#ended;
    this.#inFlightSeen[inFlight] = (this.#inFlightSeen[inFlight] ?? 0) + 1;
    this.#ended += 1;
    this.#lastEndMs = nowMs;
  }

  #took(dueMs: number, nowMs: number): void {
    this.#latency.add(nowMs - dueMs);
    const second = Math.floor((dueMs - this.#startMs) / 1000);
    if (second < secondsKept) (this.#bySecond[second] ??= new Histogram()).add(nowMs - dueMs);
  }

  #failed(what: string): void {
    this.#errors += 1;
    this.#firstError ??= what;
  }
}
