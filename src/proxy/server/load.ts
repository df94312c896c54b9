import type { Cancel, Clock } from '../clock.ts';
import { ProxyError } from '../errors.ts';
import { EventLoopLag } from './event-loop-lag.ts';

const tickMs = 50;
const ticksPerHeapLook = 5;
/** At so many times the lag that new requests are refused at, connections are given up too that carry nothing. */
const idleFactor = 2.5;
/** What may be in use of the heap's limit before new requests, or new connections, are refused. */
const heapShares = { requests: 0.85, connections: 0.95 };

/** Why requests were refused that the proxy itself could not take; each is counted. */
export type ShedReason = 'in_flight' | 'queue' | 'bodies' | 'connections' | 'event_loop' | 'heap';

/** Of these, the ones that last. */
type Pressure = Extract<ShedReason, 'event_loop' | 'heap'>;

interface LoadParts {
  readonly clock: Clock;
  /** How late the event loop may be; 0 for any. Milliseconds. */
  readonly lagMs: number;
  /** The processor time that was used since some time, in milliseconds. */
  readonly usedMs: () => number;
  /** What is in use of the heap's limit, from 0 to 1. */
  readonly heapShare: () => number;
  /** Told when new requests begin to be refused for a reason, and with null when they are taken again. */
  readonly changed: (reason: Pressure | null) => void;
}

const messages: Readonly<Record<Pressure, string>> = {
  event_loop: 'tokenpak has more to do than it can',
  heap: 'tokenpak has hardly any memory left',
};

/** How hard pressed the proxy is, looked at twenty times a second: a request has but to read it. */
export class Load {
  /** Why new requests are refused just now; null while they are taken. */
  pressure: Pressure | null = null;
  /** Idle connections are to be closed. */
  closesIdle = false;
  /** New connections get no requests answered. */
  refusesConnections = false;
  /** How many requests were refused, by reason. */
  readonly shed: Record<ShedReason, number> = {
    ...{ in_flight: 0, queue: 0, bodies: 0, connections: 0, event_loop: 0, heap: 0 },
  };
  readonly #parts: LoadParts;
  readonly #lag: EventLoopLag;
  readonly #stop: Cancel;
  #ticks = 0;
  #heap = 0;
  #heapBefore = 0;

  constructor(parts: LoadParts) {
    const { clock, usedMs } = parts;
    this.#parts = parts;
    this.#lag = new EventLoopLag(tickMs, clock.now(), usedMs());
    this.#stop = clock.every(tickMs, () => this.#look());
  }

  /** The refusal of a request, counted. */
  refusal(reason: ShedReason, message: string): ProxyError {
    this.shed[reason]++;
    return new ProxyError('overloaded', message);
  }

  /** The same for a reason that lasts. */
  refusalUnder(pressure: Pressure): ProxyError {
    return this.refusal(pressure, messages[pressure]);
  }

  close(): void {
    this.#stop();
  }

  #look(): void {
    const { clock, lagMs, usedMs, heapShare } = this.#parts;
    this.#lag.tick(clock.now(), usedMs());
    if (this.#ticks++ % ticksPerHeapLook === 0) {
      this.#heapBefore = this.#heap;
      this.#heap = heapShare();
    }
    const lag = lagMs > 0 ? this.#lag.ms / lagMs : 0;
    // Much of what fills it may be garbage, which a collection takes away: it counts when it is still there at the next look.
    const heap = Math.min(this.#heap, this.#heapBefore);
    this.closesIdle = lag >= idleFactor;
    this.refusesConnections = heap >= heapShares.connections;
    this.#set(this.#pressureOf(lag, heap));
  }

  /** Ends well below where it began, so that it does not come and go all the time. */
  #pressureOf(lag: number, heap: number): Pressure | null {
    if (heap >= heapShares.requests) return 'heap';
    if (lag >= 1 || (this.pressure === 'event_loop' && lag >= 0.5)) return 'event_loop';
    return null;
  }

  #set(pressure: Pressure | null): void {
    if (pressure === this.pressure) return;
    this.pressure = pressure;
    this.#parts.changed(pressure);
  }
}
