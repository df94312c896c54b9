import type { StreamEvent } from '../../stream-events.ts';
import type { Reading } from '../reading.ts';

/** Where a wire format tells its usage. */
export interface UsageDialect {
  /**
   * Reads a whole reply.
   * @returns null where it holds no usage, or one that cannot be true.
   */
  readonly body: (text: string) => Reading | null;
  /** Starts to follow one stream. */
  readonly stream: () => UsageStream;
  /** The text that an event adds to the output; '' for events that add none. */
  readonly deltaText: (event: StreamEvent) => string;
}

/** Follows the usage of one stream. */
export interface UsageStream {
  /** Takes the next event; false where it has nothing to do with usage. */
  readonly event: (event: StreamEvent) => boolean;
  /** What is known by now; null where nothing is, or what was told cannot be true. */
  readonly reading: () => Reading | null;
}
