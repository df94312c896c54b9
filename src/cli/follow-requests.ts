import { followEvents } from '../tui/event-stream.ts';
import type { LoggedRequest } from './newest-requests.ts';
import { skippedEvents } from './skipped-events.ts';

export interface FollowOptions {
  readonly baseUrl: string;
  readonly token: string | null;
  /** What else the user should know. */
  readonly note: (message: string) => void;
}

export interface Follower {
  /** Once the proxy tells what happens, or has not begun to within so many milliseconds: false. */
  readonly connected: (timeoutMs: number) => Promise<boolean>;
  /** Hands over each request that has ended since it was connected, and from now on each that ends. */
  readonly handTo: (take: (request: LoggedRequest) => void) => void;
  readonly stop: () => void;
}

/** Follows the requests of a running proxy. What ends before somebody takes it is kept. */
export function followRequests({ baseUrl, token, note }: FollowOptions): Follower {
  const kept: LoggedRequest[] = [];
  let take = (request: LoggedRequest): void => void kept.push(request);
  let isConnected = false;
  let onConnected = (): void => undefined;
  const skipped = skippedEvents(note, () => performance.now());
  const stop = followEvents({
    baseUrl,
    token,
    onEvent(name, data) {
      if (name === 'ended') take(data() as LoggedRequest);
      else if (name === 'notice') skipped((data() as { readonly skipped: number | null }).skipped ?? 0);
      else if (name === 'hello') {
        if (isConnected) note('connected again; what ended meanwhile stands in the ledger');
        isConnected = true;
        onConnected();
      }
    },
  });
  return {
    stop,
    connected: (timeoutMs) =>
      new Promise((resolve) => {
        const timer = setTimeout(() => resolve(isConnected), timeoutMs);
        onConnected = () => {
          clearTimeout(timer);
          resolve(true);
        };
        if (isConnected) onConnected();
      }),
    handTo(next) {
      take = next;
      for (const request of kept.splice(0)) next(request);
    },
  };
}
