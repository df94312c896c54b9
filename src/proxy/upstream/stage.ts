import type { Clock } from '../clock.ts';
import { discard } from '../discard.ts';
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
import { Retries, type Again, type RetryTerms } from './retries.ts';
import type { RetryBudgets } from './retry-budget.ts';
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
  readonly retryTerms: RetryTerms;
  readonly retryBudgets: RetryBudgets;
  /** From 0 up to 1; spreads the waits before retries. */
  readonly random: () => number;
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
  readonly #retries: Retries;

  constructor(parts: UpstreamParts) {
    this.#parts = parts;
    this.#retries = new Retries({ terms: parts.retryTerms, clock: parts.clock, random: parts.random });
    this.#callParts = { listener: this, sockets: parts.sockets, now: parts.clock.now };
  }

  send(call: RoutedCall): Promise<Reply> {
    const { isOwnOrigin, maxInFlightPerProvider, retryBudgets, clock } = this.#parts;
    const { provider, origin } = call.target;
    if (isOwnOrigin(origin)) throw new ProxyError('loop', `the base URL of ${provider} is this proxy's own address`);
    const busy = this.#inFlight.get(provider) ?? 0;
    if (busy >= maxInFlightPerProvider) {
      throw new ProxyError('overloaded', `${busy} requests to ${provider} are already in flight`);
    }
    const body = call.bodyFor(call.target);
    const headers = this.#filterRequest(call.headers, call.target);
    if (body.kind === 'stream' && body.length !== null) headers.push('content-length', String(body.length));
    const budget = retryBudgets.of(call.target);
    budget.admitted();
    const beganAt = call.record.marks.bodyRead || clock.now();
    const first = { retries: 0, hasReconnected: false, onFresh: false, triedSince: null };
    return new Promise((resolve, reject) => {
      this.#dispatch({ call, body, headers, attempt: newAttempt(call), beganAt, budget, ...first, resolve, reject });
    });
  }

  #dispatch(sending: Sending): void {
    const { connections, deadlines, proxyOf } = this.#parts;
    const { call, retries } = sending;
    const { origin, allowsPrivate, provider } = call.target;
    const settings = { provider, origin, allowsPrivate, proxy: proxyOf(provider) };
    const fresh = sending.onFresh ? connections.fresh(settings) : null;
    const upstreamCall = new UpstreamCall(sending, this.#callParts);
    this.#inFlight.set(provider, (this.#inFlight.get(provider) ?? 0) + 1);
    deadlines.add(upstreamCall);
    if (sending.body.kind === 'bytes') sending.body.memory?.hold();
    call.client.onGone(() => upstreamCall.cancel());
    if (retries === 0) call.record.marks.sent = upstreamCall.startedAt;
    (fresh ?? connections.pool(settings)).dispatch(dispatchOptions(sending), upstreamCall);
    void fresh?.close();
  }

  sent({ sending: { call, attempt } }: UpstreamCall): void {
    const { record } = call;
    const isFirst = record.attempts.every(({ isSent }) => !isSent);
    attempt.isSent = true;
    if (isFirst) this.#parts.dispatched(record);
  }

  head(upstreamCall: UpstreamCall, status: number, raw: Buffer[]): void {
    const { call, attempt, budget, retries, resolve, reject } = upstreamCall.sending;
    attempt.status = status;
    attempt.ms = upstreamCall.heardAt - upstreamCall.startedAt;
    if (status < 500) budget.answered();
    else budget.failed(retries > 0);
    const again = this.#retries.afterAnswer(upstreamCall, status, raw);
    if (again) {
      attempt.outcome = 'upstream_error';
      discard(upstreamCall, call);
      return this.#repeat(upstreamCall, again);
    }
    const refused = unanswerable(status, call.target.provider);
    if (refused) {
      upstreamCall.breakOff(refused);
      return reject(refused);
    }
    const hasBody = call.method !== 'HEAD' && status !== 204 && status !== 304;
    const headers = this.#filterReply(raw);
    attempt.replyHeaders = headers;
    resolve({ status, headers, dialect: call.dialect, hasBody, body: upstreamCall, layers: [] });
  }

  failed(upstreamCall: UpstreamCall, error: ProxyError): void {
    const { sending } = upstreamCall;
    sending.budget.failed(sending.retries > 0);
    const again = this.#retries.afterFailure(upstreamCall, error);
    if (again) this.#repeat(upstreamCall, again);
    else sending.reject(error);
  }

  #repeat({ sending, triedSince }: UpstreamCall, { waitMs, onFresh, kind }: Again): void {
    const { call, retries } = sending;
    const hasReconnected = sending.hasReconnected || kind === 'connection';
    const repeat = (): void => {
      if (call.client.gone) return;
      const attempt = newAttempt(call);
      this.#dispatch({ ...sending, attempt, triedSince, retries: retries + 1, hasReconnected, onFresh });
    };
    // A connection tells its end while undici still clears up behind it.
    if (waitMs === 0) queueMicrotask(repeat);
    else call.client.onGone(this.#parts.clock.after(waitMs, repeat));
  }

  over(upstreamCall: UpstreamCall, failure: ProxyError | 'cancelled' | null): void {
    const { call, attempt, body } = upstreamCall.sending;
    const { provider } = call.target;
    this.#parts.deadlines.remove(upstreamCall);
    const memory = body.kind === 'bytes' ? body.memory : undefined;
    if (memory) upstreamCall.whenSent(memory.release);
    this.#inFlight.set(provider, (this.#inFlight.get(provider) ?? 1) - 1);
    // Of an answer that was given up, what is read for the connection's sake belongs to no attempt, and can come when its record is kept.
    if (attempt.outcome !== null) return;
    attempt.ms = this.#parts.clock.now() - upstreamCall.startedAt;
    attempt.outcome = outcomeOf(attempt, failure);
  }
}

function newAttempt({ target, model, record }: RoutedCall): Attempt {
  const attempt: Attempt = {
    provider: target.provider,
    status: null,
    outcome: null,
    ms: 0,
    isSent: false,
    replyHeaders: undefined,
  };
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
