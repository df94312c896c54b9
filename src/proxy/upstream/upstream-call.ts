import type { Socket } from 'node:net';
import type { Dispatcher } from 'undici';
import { toProxyError, type ProxyError } from '../errors.ts';
import type { RequestBody, RoutedCall } from '../exchange.ts';
import type { Attempt } from '../record.ts';
import type { BodyReceiver, Reply, ReplyBody } from '../reply.ts';
import type { SocketListener, SocketWatch } from './connections.ts';
import { callFailure } from './failure.ts';
import type { RetryBudget } from './retry-budget.ts';

/** Bytes that a reply may bring before somebody takes them; then its source is paused. */
const maxEarlyBytes = 64 * 1024;

/** One request to one provider, and who waits for its answer. */
export interface Sending {
  readonly call: RoutedCall;
  readonly body: RequestBody;
  /** Raw names and values. */
  readonly headers: string[];
  readonly attempt: Attempt;
  /** When the exchange's deadline began to run, in monotonic milliseconds. */
  readonly beganAt: number;
  /** When the first attempt at this target began, in monotonic milliseconds; null where this one is the first. */
  readonly triedSince: number | null;
  readonly budget: RetryBudget;
  /** Attempts made before this one. */
  readonly retries: number;
  /** One of them was made because a connection failed. */
  readonly hasReconnected: boolean;
  /** On a connection that nobody has used before. */
  readonly onFresh: boolean;
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: ProxyError) => void;
}

/** Is told how calls go. Of each, exactly one of `head` and `failed` is called. */
export interface CallListener {
  /** The first bytes have gone out. */
  readonly sent: (call: UpstreamCall) => void;
  readonly head: (call: UpstreamCall, status: number, headers: Buffer[]) => void;
  readonly failed: (call: UpstreamCall, error: ProxyError) => void;
  /** The call is over: null for a complete answer, 'cancelled' when nobody wanted the rest. */
  readonly over: (call: UpstreamCall, failure: ProxyError | 'cancelled' | null) => void;
}

/** What all calls share. */
export interface CallParts {
  readonly listener: CallListener;
  readonly sockets: SocketWatch;
  readonly now: () => number;
}

/** What a call waits for. */
export type Waiting = 'connection' | 'head' | 'body';

/**
 * One request on one connection: undici's handler and the reply's body in one object, since a request pays for each
 * object between. Bytes that come before the receiver are kept, up to a limit.
 */
export class UpstreamCall implements Dispatcher.DispatchHandler, ReplyBody, SocketListener {
  readonly #listener: CallListener;
  readonly #sockets: SocketWatch;
  readonly #now: () => number;
  #receiver: BodyReceiver | null = null;
  #early: Buffer[] | null = null;
  #earlyBytes = 0;
  #abort: ((error?: Error) => void) | null = null;
  #resume: (() => void) | null = null;
  #socket: Socket | null = null;
  #bytesReadBefore = 0;
  #isSent = false;
  #paused = false;
  #cancelled = false;
  #completed = false;
  #failure: ProxyError | null = null;
  waiting: Waiting = 'connection';
  /** A byte of the body has come. */
  hasBegun = false;
  /** When the provider was last heard of, in monotonic milliseconds; infinite while the client holds the flow up. */
  heardAt: number;
  readonly startedAt: number;
  /** When the first attempt at this target began. */
  readonly triedSince: number;

  readonly sending: Sending;

  constructor(sending: Sending, { listener, sockets, now }: CallParts) {
    this.sending = sending;
    this.#listener = listener;
    this.#sockets = sockets;
    this.#now = now;
    this.startedAt = this.heardAt = now();
    this.triedSince = sending.triedSince ?? this.startedAt;
  }

  /** Whether the connection had carried a request before this one and died without a byte of an answer to it. */
  get diedSilently(): boolean {
    const socket = this.#socket;
    return socket !== null && this.#bytesReadBefore > 0 && socket.bytesRead === this.#bytesReadBefore;
  }

  /** Runs once the connection reads no more from what it was given to send: an answer may come before, or the call be given up. */
  whenSent(run: () => void): void {
    const socket = this.#socket;
    if (socket === null || socket.closed || (!socket.destroyed && socket.writableLength === 0)) run();
    else socket.once('close', run);
  }

  onConnect(abort: (error?: Error) => void): void {
    if (this.#cancelled) return abort(new Error('cancelled'));
    this.#abort = abort;
    this.waiting = 'head';
    this.heardAt = this.#now();
    this.#sockets.expect(this);
  }

  writtenTo(socket: Socket): void {
    this.#socket = socket;
    this.#bytesReadBefore = socket.bytesRead;
  }

  /** Called for each piece of the body. A client may take any time to send a file: the provider's begins behind it. */
  onBodySent(): void {
    this.heardAt = this.#now();
    this.#tellSent();
  }

  /** Of a request without a body, this is all that undici tells. */
  onRequestSent(): void {
    this.#tellSent();
  }

  #tellSent(): void {
    if (this.#isSent) return;
    this.#isSent = true;
    this.#listener.sent(this);
  }

  onHeaders(status: number, headers: Buffer[], resume: () => void): boolean {
    // Informational answers are not the answer, and do not move the deadline: a server can send them for ever.
    if (status < 200) return true;
    this.#resume = resume;
    this.waiting = 'body';
    this.heardAt = this.#now();
    this.#listener.head(this, status, headers);
    return !this.#paused;
  }

  onData(chunk: Buffer): boolean {
    this.hasBegun = true;
    if (this.#receiver) {
      this.heardAt = this.#now();
      this.#receiver.bytes(chunk);
    } else {
      (this.#early ??= []).push(chunk);
      this.#earlyBytes += chunk.length;
      if (this.#earlyBytes > maxEarlyBytes) this.#paused = true;
    }
    return !this.#paused;
  }

  onComplete(): void {
    this.#completed = true;
    if (this.#cancelled) return;
    this.#listener.over(this, null);
    // undici would take what is thrown here for a failure of an answer that is over: nobody would ever hear of it.
    try {
      this.#receiver?.end();
    } catch (thrown) {
      this.#receiver?.fail(toProxyError(thrown));
    }
  }

  onError(error: Error): void {
    if (this.#cancelled || this.#completed) return;
    this.#fail(error);
  }

  #fail(cause: unknown): void {
    this.#completed = true;
    const phase = this.waiting === 'body' ? 'in the body' : 'before the head';
    const error = callFailure(cause, phase, this.sending.call.target.provider);
    this.#failure = error;
    this.#listener.over(this, error);
    if (this.waiting !== 'body') this.#listener.failed(this, error);
    else this.#receiver?.fail(error);
  }

  get isWhole(): boolean {
    return this.#completed && this.#failure === null;
  }

  start(receiver: BodyReceiver): void {
    this.#receiver = receiver;
    for (const chunk of this.#early ?? []) receiver.bytes(chunk);
    this.#early = null;
    if (this.#failure) receiver.fail(this.#failure);
    else if (this.#completed) receiver.end();
    else if (this.#earlyBytes > maxEarlyBytes) this.resume();
  }

  pause(): void {
    this.#paused = true;
    this.heardAt = Infinity;
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.heardAt = this.#now();
    this.#resume?.();
  }

  /** Ends the call because of us: whoever listens is told `cause`. */
  breakOff(cause: unknown): void {
    if (this.#completed || this.#cancelled) return;
    this.#fail(cause);
    this.#cancelled = true;
    this.#abort?.(new Error('broken off'));
  }

  cancel(): void {
    if (this.#completed || this.#cancelled) return;
    this.#cancelled = true;
    this.#listener.over(this, 'cancelled');
    this.#abort?.(new Error('cancelled'));
  }
}
