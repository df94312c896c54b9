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
import { UpstreamCall, type Sending } from './upstream-call.ts';
import type { Dispatcher } from 'undici';

export interface UpstreamParts {
  readonly connections: Connections;
  readonly deadlines: Deadlines;
  readonly sockets: SocketWatch;
  readonly clock: Clock;
  /** The HTTP proxy between us and a provider, or null. */
  readonly proxyOf: (provider: string) => string | null;
  readonly maxInFlightPerProvider: number;
  /** Told of each exchange before its first byte goes out. */
  readonly dispatching: RecordSink;
  /** Whether an origin is this proxy itself. */
  readonly isOwnOrigin: (origin: string) => boolean;
}

/** The pipeline's end: sends the routed call to its provider and answers with the provider's head, its body still to come. */
export function upstream(parts: UpstreamParts): LastStage<RoutedCall> {
  const { connections, deadlines, clock } = parts;
  const filterRequest = requestHeaderFilter();
  const filterReply = replyHeaderFilter();
  const inFlight = new Map<string, number>();
  const callParts = { listener: { head, failed, over }, sockets: parts.sockets, now: clock.now };

  function handle(call: RoutedCall): Promise<Reply> {
    const { provider, origin } = call.target;
    if (parts.isOwnOrigin(origin)) {
      throw new ProxyError('loop', `the base URL of ${provider} is this proxy's own address`);
    }
    const busy = inFlight.get(provider) ?? 0;
    if (busy >= parts.maxInFlightPerProvider) {
      throw new ProxyError('overloaded', `${busy} requests to ${provider} are already in flight`);
    }
    const body = call.bodyFor(call.target);
    const headers = filterRequest(call.headers, call.target);
    if (body.kind === 'stream' && body.length !== null) headers.push('content-length', String(body.length));
    parts.dispatching(call.record);
    return new Promise((resolve, reject) => {
      send({ call, body, headers, attempt: newAttempt(call), isRetry: false, resolve, reject });
    });
  }

  function send(sending: Sending): void {
    const { call, isRetry } = sending;
    const { origin, allowsPrivate, provider } = call.target;
    const settings = { provider, origin, allowsPrivate, proxy: parts.proxyOf(provider) };
    const dispatcher = isRetry ? connections.fresh(settings) : connections.pool(settings);
    const upstreamCall = new UpstreamCall(sending, callParts);
    inFlight.set(provider, (inFlight.get(provider) ?? 0) + 1);
    deadlines.add(upstreamCall);
    call.client.onGone(() => upstreamCall.cancel());
    call.record.marks.sent = upstreamCall.startedAt;
    dispatcher.dispatch(dispatchOptions(sending), upstreamCall);
    if (isRetry) void dispatcher.close();
  }

  function head(upstreamCall: UpstreamCall, status: number, headers: Buffer[]): void {
    const { call, attempt, resolve, reject } = upstreamCall.sending;
    attempt.status = status;
    const refused = unanswerable(status, call.target.provider);
    if (refused) return (upstreamCall.breakOff(refused), reject(refused));
    const hasBody = call.method !== 'HEAD' && status !== 204 && status !== 304;
    const { dialect } = call;
    resolve({ status, headers: filterReply(headers), dialect, hasBody, body: upstreamCall, layers: [] });
  }

  function failed(upstreamCall: UpstreamCall, error: ProxyError): void {
    const { sending } = upstreamCall;
    const { call, body, isRetry } = sending;
    if (!upstreamCall.diedSilently || body.kind === 'stream' || isRetry || call.client.gone)
      return sending.reject(error);
    send({ ...sending, attempt: newAttempt(call), isRetry: true });
  }

  function over(upstreamCall: UpstreamCall, failure: ProxyError | 'cancelled' | null): void {
    const { call, attempt } = upstreamCall.sending;
    const { provider } = call.target;
    deadlines.remove(upstreamCall);
    inFlight.set(provider, (inFlight.get(provider) ?? 1) - 1);
    attempt.ms = clock.now() - upstreamCall.startedAt;
    attempt.outcome = outcomeOf(attempt, failure);
  }

  return { name: 'upstream', handle };
}

function newAttempt({ target, record }: RoutedCall): Attempt {
  const attempt: Attempt = { provider: target.provider, status: null, outcome: null, ms: 0 };
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
