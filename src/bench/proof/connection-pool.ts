import type { Connection } from '../load/connection.ts';
import type { Clock } from './clock.ts';

/** Connects; `closed` is to be called when the other side has closed the connection. */
export type Open = (closed: () => void) => Promise<Connection>;

/** How long after a failed attempt the next one is made. */
const retryMs = 100;

/**
 * So many connections, of which the one that has rested longest is used next: a proxy closes those that ask for nothing.
 * One that is lost is replaced, so that there are as many all the time.
 */
export class ConnectionPool {
  readonly #open: Open;
  readonly #clock: Clock;
  readonly #freed: () => void;
  readonly #all = new Set<Connection>();
  /** In the order in which they came free. */
  readonly #idle = new Set<Connection>();
  #isClosed = false;

  /** `freed` is called when there is a connection again. */
  constructor(open: Open, clock: Clock, freed: () => void) {
    this.#open = open;
    this.#clock = clock;
    this.#freed = freed;
  }

  /** Fails where not all can be opened. */
  async fill(count: number): Promise<void> {
    await Promise.all(Array.from({ length: count }, () => this.#connect()));
  }

  take(): Connection | null {
    const [connection] = this.#idle;
    if (connection === undefined) return null;
    this.#idle.delete(connection);
    return connection;
  }

  /** Gives back one that was taken and can be used again. */
  give(connection: Connection): void {
    // It may have been closed meanwhile.
    if (!this.#all.has(connection)) return;
    this.#idle.add(connection);
    this.#freed();
  }

  /** Gives back one that is spent. */
  drop(connection: Connection): void {
    connection.close();
    this.#lost(connection);
  }

  close(): void {
    this.#isClosed = true;
    for (const connection of this.#all) connection.close();
  }

  async #connect(): Promise<void> {
    let opened: Connection | null = null;
    let isGone = false;
    const connection = await this.#open(() => {
      isGone = true;
      if (opened !== null) this.#lost(opened);
    });
    opened = connection;
    if (this.#isClosed) return connection.close();
    this.#all.add(connection);
    if (isGone) return this.#lost(connection);
    this.give(connection);
  }

  #lost(connection: Connection): void {
    this.#idle.delete(connection);
    if (this.#all.delete(connection)) this.#replace();
  }

  #replace(): void {
    if (this.#isClosed) return;
    this.#connect().catch(() => this.#clock.at(this.#clock.now() + retryMs, () => this.#replace()));
  }
}
