import { followEvents } from '../tui/event-stream.ts';
import type { LoggedRequest, Silence } from './newest-requests.ts';
import { skippedEvents } from './skipped-events.ts';

export interface FollowOptions {
  readonly baseUrl: string;
  readonly token: string | null;
  /** What else the user should know. */
  readonly note: (message: string) => void;
  /** What the ledger has of the time in which nothing was heard, oldest first. */
  readonly missed: (silence: Silence) => Promise<readonly LoggedRequest[]>;
}

export interface Follower {
  /** Once the proxy tells what happens, or has not begun to within so many milliseconds: false. */
  readonly connected: (timeoutMs: number) => Promise<boolean>;
  /** Hands over each request that has ended since it was connected, and from now on each that ends. */
  readonly handTo: (take: (request: LoggedRequest) => void) => void;
  readonly stop: () => void;
}

/** Before a connection is found to be lost nothing may have come over it for a while. */
const unnoticedMs = 60_000;
/** Longer than the ledger takes to write what has ended. */
const writtenWithinMs = 300;
/** Of so many it is known that they were told: more than end in that time. */
const maxRemembered = 50_000;

/**
 * Follows the requests of a running proxy. What ends before somebody takes it is kept, and what ended while the proxy
 * was away, or started again, is read from the ledger.
 */
export function followRequests(options: FollowOptions): Follower {
  const following = new Following(options);
  return {
    stop: () => following.stop(),
    connected: (timeoutMs) => following.connected(timeoutMs),
    handTo: (take) => following.handTo(take),
  };
}

class Following {
  readonly #options: FollowOptions;
  readonly #kept: LoggedRequest[] = [];
  /** The newest ids that came, as events or from the ledger. */
  readonly #told = new Set<string>();
  readonly #stopFollowing: () => void;
  #take: ((request: LoggedRequest) => void) | null = null;
  #onConnected = (): void => undefined;
  #connectedAt: number | null = null;
  #lostAt: number | null = null;
  /** While the ledger is read, what comes waits behind it. */
  #isCatchingUp = false;
  #isStopped = false;

  constructor(options: FollowOptions) {
    this.#options = options;
    const { baseUrl, token, note } = options;
    const skipped = skippedEvents(note, () => performance.now());
    this.#stopFollowing = followEvents({
      ...{ baseUrl, token },
      onLost: () => this.#lost(),
      onEvent: (name, data) => {
        if (name === 'ended') this.#ended(data() as LoggedRequest);
        else if (name === 'notice') skipped((data() as { readonly skipped: number | null }).skipped ?? 0);
        else if (name === 'hello') this.#hello();
      },
    });
  }

  stop(): void {
    this.#isStopped = true;
    this.#stopFollowing();
  }

  connected(timeoutMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(this.#connectedAt !== null), timeoutMs);
      this.#onConnected = () => {
        clearTimeout(timer);
        resolve(true);
      };
      if (this.#connectedAt !== null) this.#onConnected();
    });
  }

  handTo(take: (request: LoggedRequest) => void): void {
    this.#take = take;
    this.#deliver();
  }

  #hello(): void {
    if (this.#connectedAt === null) {
      this.#connectedAt = Date.now();
      return this.#onConnected();
    }
    const since = Math.max((this.#lostAt ?? Date.now()) - unnoticedMs, this.#connectedAt);
    this.#lostAt = null;
    void this.#catchUp({ since, followedSince: this.#connectedAt }).catch((error: unknown) =>
      this.#options.note(`what ended meanwhile could not be read from the ledger: ${(error as Error).message}`),
    );
  }

  #lost(): void {
    if (this.#connectedAt === null || this.#lostAt !== null) return;
    this.#lostAt = Date.now();
    this.#options.note('the proxy does not answer; waiting for it');
  }

  #ended(request: LoggedRequest): void {
    // The ledger may have been faster.
    if (this.#told.has(request.id)) return;
    this.#remember(request.id);
    this.#kept.push(request);
    this.#deliver();
  }

  #remember(id: string): void {
    this.#told.add(id);
    if (this.#told.size <= maxRemembered) return;
    const [oldest] = this.#told;
    this.#told.delete(oldest!);
  }

  #deliver(): void {
    if (this.#take === null || this.#isCatchingUp) return;
    for (const request of this.#kept.splice(0)) this.#take(request);
  }

  async #catchUp(silence: Silence): Promise<void> {
    this.#isCatchingUp = true;
    try {
      await new Promise((resolve) => setTimeout(resolve, writtenWithinMs));
      const missed = (await this.#options.missed(silence)).filter(({ id }) => !this.#told.has(id));
      if (this.#isStopped) return;
      this.#options.note(
        `connected again; ${missed.length} ${missed.length === 1 ? 'request' : 'requests'} ended meanwhile`,
      );
      for (const { id } of missed) this.#remember(id);
      this.#kept.unshift(...missed);
    } finally {
      this.#isCatchingUp = false;
      this.#deliver();
    }
  }
}
