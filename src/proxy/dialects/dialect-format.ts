import type { ProxyError } from '../errors.ts';
import type { StreamEvent } from '../stream-events.ts';

/** Follows one stream from its events, to tell a complete one from one that was cut short. */
interface StreamWatch {
  /** Takes the next event; true when it is the last one that the dialect allows. */
  readonly last: (event: StreamEvent) => boolean;
  /** How the stream would have ended if it ended now. */
  readonly ending: () => StreamEnding;
}

/** `complete`: the dialect's own mark was seen. `failed`: the provider reported an error in the stream. */
export type StreamEnding = 'complete' | 'failed' | 'cut';

/** What the proxy itself must be able to say and to see in a wire format. */
export interface DialectFormat {
  /** The body of an error answer of ours: JSON. */
  readonly errorBody: (error: ProxyError, requestId: string) => string;
  /** An error of ours inside a stream whose head has been sent. It never looks like a proper end. */
  readonly streamError: (error: ProxyError, requestId: string) => string;
  readonly watch: () => StreamWatch;
  /** Matches what holds the dialect's last event, and maybe more; null where no event is the last by itself. */
  readonly lastMark: RegExp | null;
}
