import type { Connection } from '../load/connection.ts';
import type { Clock } from './clock.ts';

/** Connects; `closed` is to be called when the other side has closed the connection. */
export type Open = (closed: () => void) => Promise<Connection>;

/** How long after a failed attempt the next one is made. */
const retryMs = 100;

export interface PoolOptions {
  readonly open: Open;
  readonly clock: Clock;
  /** Of connections at a time. */
  readonly most: number;
  /** Called when there is a free connection again. */
  readonly freed: () => void;
}

/**
 * Connections, of which the one that has rested longest is used next: a proxy closes those that ask for nothing. One that is
 * lost is replaced. Where all are busy, another one is opened, as long as there are not too many.
 */
export class ConnectionPool {
  readonly #options: PoolOptions;
  readonly #all = new Set<Connection>();
  /** In the order in which they came free. */
  readonly #idle = new Set<Connection>();
  /** Open, being opened, or to be opened again in a moment. */
  #count = 0;
  #isClosed = false;

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  /** Opens so many, or as many as may be. Fails where one cannot be opened. */
  async fill(count: number): Promise<void> {
    this.#count = Math.min(count, this.#options.most);
    await Promise.all(Array.from({ length: this.#count }, () => this.#connect()));
  }

  take(): Connection | null {
    const [connection] = this.#idle;
    if (connection === undefined) {
      this.#grow();
      return null;
    }
    this.#idle.delete(connection);
    return connection;
  }

  /** Gives back one that was taken and can be used again. */
  give(connection: Connection): void {
    // It may have been closed meanwhile.
    if (!this.#all.has(connection)) return;
    this.#idle.add(connection);
    this.#options.freed();
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
    const connection = await this.#options.open(() => {
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

  #grow(): void {
    if (this.#count >= this.#options.most) return;
    this.#count += 1;
    this.#replace();
  }

  #replace(): void {
    if (this.#isClosed) return;
    const { clock } = this.#options;
    this.#connect().catch(() => clock.at(clock.now() + retryMs, () => this.#replace()));
  }
}
