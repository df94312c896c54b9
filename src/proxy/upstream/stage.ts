import type { Clock } from '../clock.ts';
import { ProxyError } from '../errors.ts';
import type { RoutedCall } from '../exchange.ts';
import { outcomeOfError } from '../outcome.ts';
import type { Attempt, Outcome, RecordSink } from '../record.ts';
import type { Reply } from '../reply.ts';
import type { LastStage } from '../stage.ts';
import type { Connections, SocketWatch } from './connections.ts';
import type { Deadlines } from './deadlines.ts';
import { replyHeaderFilter } from './reply-headers.ts';
import { requestHeaderFilter } from './request-headers.ts';
import { UpstreamCall, type CallListener, type CallParts, type Sending } from './upstream-call.ts';
import type { Dispatcher } from 'undici';

export interface UpstreamParts {
  readonly connections: Connections;
  readonly deadlines: Deadlines;
  readonly sockets: SocketWatch;
  readonly clock: Clock;
  /** The HTTP proxy between us and a provider, or null. */
  readonly proxyOf: (provider: string) => string | null;
  readonly maxInFlightPerProvider: number;
  /** Told of each exchange right behind its first bytes, in the same tick: the provider does not wait for it. */
  readonly dispatched: RecordSink;
  /** Whether an origin is this proxy itself. */
  readonly isOwnOrigin: (origin: string) => boolean;
}

/** The pipeline's end: sends the routed call to its provider and answers with the provider's head, its body still to come. */
export function upstream(parts: UpstreamParts): LastStage<RoutedCall> {
  const calls = new UpstreamCalls(parts);
  return { name: 'upstream', handle: (call) => calls.send(call) };
}

class UpstreamCalls implements CallListener {
  readonly #parts: UpstreamParts;
  readonly #callParts: CallParts;
  readonly #filterRequest = requestHeaderFilter();
  readonly #filterReply = replyHeaderFilter();
  readonly #inFlight = new Map<string, number>();

  constructor(parts: UpstreamParts) {
    this.#parts = parts;
    this.#callParts = { listener: this, sockets: parts.sockets, now: parts.clock.now };
  }

  send(call: RoutedCall): Promise<Reply> {
    const { isOwnOrigin, maxInFlightPerProvider } = this.#parts;
    const { provider, origin } = call.target;
    if (isOwnOrigin(origin)) throw new ProxyError('loop', `the base URL of ${provider} is this proxy's own address`);
    const busy = this.#inFlight.get(provider) ?? 0;
    if (busy >= maxInFlightPerProvider) {
      throw new ProxyError('overloaded', `${busy} requests to ${provider} are already in flight`);
    }
    const body = call.bodyFor(call.target);
    const headers = this.#filterRequest(call.headers, call.target);
    if (body.kind === 'stream' && body.length !== null) headers.push('content-length', String(body.length));
    return new Promise((resolve, reject) => {
      this.#dispatch({ call, body, headers, attempt: newAttempt(call), isRetry: false, resolve, reject });
    });
  }

  #dispatch(sending: Sending): void {
    const { connections, deadlines, proxyOf } = this.#parts;
    const { call, isRetry } = sending;
    const { origin, allowsPrivate, provider } = call.target;
    const settings = { provider, origin, allowsPrivate, proxy: proxyOf(provider) };
    const dispatcher = isRetry ? connections.fresh(settings) : connections.pool(settings);
    const upstreamCall = new UpstreamCall(sending, this.#callParts);
    this.#inFlight.set(provider, (this.#inFlight.get(provider) ?? 0) + 1);
    deadlines.add(upstreamCall);
    if (sending.body.kind === 'bytes') sending.body.memory?.hold();
    call.client.onGone(() => upstreamCall.cancel());
    call.record.marks.sent = upstreamCall.startedAt;
    dispatcher.dispatch(dispatchOptions(sending), upstreamCall);
    if (isRetry) void dispatcher.close();
  }

  sent({ sending }: UpstreamCall): void {
    if (!sending.isRetry) this.#parts.dispatched(sending.call.record);
  }

  head(upstreamCall: UpstreamCall, status: number, raw: Buffer[]): void {
    const { call, attempt, resolve, reject } = upstreamCall.sending;
    attempt.status = status;
    const refused = unanswerable(status, call.target.provider);
    if (refused) {
      upstreamCall.breakOff(refused);
      return reject(refused);
    }
    const hasBody = call.method !== 'HEAD' && status !== 204 && status !== 304;
    const headers = this.#filterReply(raw);
    resolve({ status, headers, dialect: call.dialect, hasBody, body: upstreamCall, layers: [] });
  }

  failed(upstreamCall: UpstreamCall, error: ProxyError): void {
    const { sending } = upstreamCall;
    const { call, body, isRetry } = sending;
    const mayRetry = upstreamCall.diedSilently && body.kind !== 'stream' && !isRetry && !call.client.gone;
    if (mayRetry) this.#dispatch({ ...sending, attempt: newAttempt(call), isRetry: true });
    else sending.reject(error);
  }

  over(upstreamCall: UpstreamCall, failure: ProxyError | 'cancelled' | null): void {
    const { call, attempt, body } = upstreamCall.sending;
    const { provider } = call.target;
    this.#parts.deadlines.remove(upstreamCall);
    const memory = body.kind === 'bytes' ? body.memory : undefined;
    if (memory) upstreamCall.whenSent(memory.release);
    this.#inFlight.set(provider, (this.#inFlight.get(provider) ?? 1) - 1);
    attempt.ms = this.#parts.clock.now() - upstreamCall.startedAt;
    attempt.outcome = outcomeOf(attempt, failure);
  }
}

function newAttempt({ target, model, record }: RoutedCall): Attempt {
  const attempt: Attempt = { provider: target.provider, status: null, outcome: null, ms: 0 };
  if (target.model !== null && target.model !== model) attempt.model = target.model;
  record.attempts.push(attempt);
  return attempt;
}

function dispatchOptions({ call, body, headers }: Sending): Dispatcher.DispatchOptions {
  const content = body.kind === 'bytes' ? body.bytes : body.kind === 'stream' ? body.stream : null;
  const { origin, path } = call.target;
  return { origin, path, method: call.method as Dispatcher.HttpMethod, headers, body: content };
}

function unanswerable(status: number, provider: string): ProxyError | null {
  if (status > 599) return new ProxyError('upstream_protocol', `${provider} answered with status ${status}`);
  // A redirect could take the key anywhere, and no provider's API sends one.
  if (status >= 300 && status < 400 && status !== 304) {
    return new ProxyError(
      'upstream_redirect',
      `${provider} answered with a redirect (${status}), which is not followed`,
    );
  }
  return null;
}

function outcomeOf(attempt: Attempt, failure: ProxyError | 'cancelled' | null): Outcome {
  if (failure === 'cancelled') return 'client_abort';
  if (failure === null) return (attempt.status ?? 0) >= 400 ? 'upstream_error' : 'ok';
  return outcomeOfError(failure);
}
