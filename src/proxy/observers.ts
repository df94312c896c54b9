import type { StreamEvent } from './stream-events.ts';
import type { Outcome, RequestRecord } from './record.ts';

/**
 * Is shown a reply as it passes, and told its end exactly once, whatever happened. It cannot change or delay a byte. A
 * field that is left out costs nothing.
 */
export interface Observer {
  /** Each event of a streamed reply, decoded, before its bytes go on. */
  readonly event?: (event: StreamEvent) => void;
  /**
   * The whole body of a reply that is not streamed, with its content encoding undone. Not called for a body that is too
   * large to hold. True says that it has been walked to its end and is a whole JSON document, so that nobody does that
   * again; anything else says nothing.
   */
  readonly body?: (bytes: Buffer) => boolean | void;
  /** The end, innermost observer first: the last chance to complete the record. */
  readonly ended?: (outcome: Outcome, record: RequestRecord) => void;
}
