import type { Dialect } from './dialect.ts';
import type { ProxyError } from './errors.ts';
import type { Observer } from './observers.ts';
import type { Transform } from './transforms.ts';

/** Takes a reply's body as it comes. Exactly one of `end` and `fail` is called, last. */
export interface BodyReceiver {
  readonly bytes: (chunk: Buffer) => void;
  readonly end: () => void;
  readonly fail: (error: ProxyError) => void;
}

/** A body still to come. Nothing flows before `start`. */
export interface ReplyBody {
  /** All of it has come by now, and nothing can go wrong with it any more. */
  readonly isWhole?: boolean;
  readonly start: (receiver: BodyReceiver) => void;
  readonly pause: () => void;
  readonly resume: () => void;
  /** Gives the body up: its source is closed, and the receiver is told nothing more. */
  readonly cancel: () => void;
}

/** What stands between a reply's source and the client, innermost first. */
type Layer = { readonly observer: Observer } | { readonly transform: Transform };

/** An answer whose head is known and whose body is still to come. */
export interface Reply {
  readonly status: number;
  /** Raw name, value, name, value, …: end-to-end headers only. */
  readonly headers: readonly string[];
  /** The wire format of the body. */
  readonly dialect: Dialect;
  /** False for answers without a body (to HEAD; 204; 304). */
  readonly hasBody: boolean;
  readonly body: ReplyBody;
  readonly layers: Layer[];
}
