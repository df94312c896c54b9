import type { Socket } from 'node:net';
import type { Load } from './load.ts';
import { idleSince } from './turns.ts';

/** Connections beyond the limit that are let in to ask how the proxy does. */
const maxGuests = 16;
/** So much of the limit is freed at once, so that not every new connection has to look for the oldest. */
const trimmedShare = 1 / 16;

/** The connections of all clients. At the limit, those that carry nothing make room for new ones. */
export class ClientConnections {
  readonly #limit: number;
  readonly #load: Load;
  readonly #open = new Set<Socket>();
  readonly #guests = new Set<Socket>();

  constructor(limit: number, load: Load) {
    this.#limit = limit;
    this.#load = load;
  }

  /** Takes a new connection in, or ends it. False where it has been ended. */
  take(socket: Socket): boolean {
    const hasRoom =
      !this.#load.refusesConnections && (this.#open.size < this.#limit || this.trim(this.#limit * trimmedShare));
    if (!hasRoom && this.#guests.size >= maxGuests) {
      socket.destroy();
      return false;
    }
    const among = hasRoom ? this.#open : this.#guests;
    among.add(socket);
    socket.once('close', () => among.delete(socket));
    return true;
  }

  /** Whether the connection is one too many: it may ask how the proxy does, and nothing else. */
  isGuest(socket: Socket): boolean {
    return this.#guests.size > 0 && this.#guests.has(socket);
  }

  /** Closes connections that wait for their next request, up to a number, those first that wait longest. False where there are none. */
  trim(most: number): boolean {
    const idle = [...this.#open].filter((socket) => idleSince(socket) > 0);
    idle.sort((one, other) => idleSince(one) - idleSince(other));
    for (const socket of idle.slice(0, Math.max(1, Math.floor(most)))) {
      this.#open.delete(socket);
      socket.destroy();
    }
    return idle.length > 0;
  }
}
