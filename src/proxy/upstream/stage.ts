import type { Clock } from '../clock.ts';
import { ProxyError } from '../errors.ts';
import type { RequestBody, RoutedCall } from '../exchange.ts';
import { outcomeOfError } from '../outcome.ts';
import type { Attempt, Outcome } from '../record.ts';
import type { Reply } from '../reply.ts';
import type { LastStage } from '../stage.ts';
import type { Connections, ConnectionSettings, SocketWatch } from './connections.ts';
import type { Deadlines } from './deadlines.ts';
import { callFailure } from './failure.ts';
import { replyHeaderFilter } from './reply-headers.ts';
import { requestHeaderFilter } from './request-headers.ts';
import { UpstreamCall, type CallListener } from './upstream-call.ts';
import type { Dispatcher } from 'undici';

export interface UpstreamParts {
  readonly connections: Connections;
  readonly deadlines: Deadlines;
  readonly sockets: SocketWatch;
  readonly clock: Clock;
  /** The HTTP proxy between us and a provider, or null. */
  readonly proxyOf: (provider: string) => string | null;
  readonly maxInFlightPerProvider: number;
  /** Whether an origin is this proxy itself. */
  readonly isOwnOrigin: (origin: string) => boolean;
}

/** The pipeline's end: sends the routed call to its provider and answers with the provider's head, its body still to come. */
export function upstream(parts: UpstreamParts): LastStage<RoutedCall> {
  const filterRequest = requestHeaderFilter();
  const filterReply = replyHeaderFilter();
  const inFlight = new Map<string, number>();

  function handle(call: RoutedCall): Promise<Reply> {
    const { provider, origin } = call.target;
    if (parts.isOwnOrigin(origin)) throw new ProxyError('loop', `the base URL of ${provider} is this proxy's own address`);
    const busy = inFlight.get(provider) ?? 0;
    if (busy >= parts.maxInFlightPerProvider) {
      throw new ProxyError('overloaded', `${busy} requests to ${provider} are already in flight`);
    }
    inFlight.set(provider, busy + 1);
    const body = call.bodyFor(call.target);
    const headers = filterRequest(call.headers, call.target);
    if (body.kind === 'stream' && body.length !== null) headers.push('content-length', String(body.length));
    return new Promise((resolve, reject) => send({ call, body, headers, resolve, reject, isRetry: false }));
  }

  function send(sending: Sending): void {
    const { call, isRetry } = sending;
    const settings = settingsOf(call);
    const dispatcher = isRetry ? parts.connections.fresh(settings) : parts.connections.pool(settings);
    const attempt: Attempt = { provider: call.target.provider, status: null, outcome: null, ms: 0 };
    call.record.attempts.push(attempt);
    const upstreamCall = new UpstreamCall(listenerFor(sending, attempt), parts.sockets, parts.clock.now);
    parts.deadlines.add(upstreamCall, call.streamed, call.target.provider);
    call.client.onGone(() => upstreamCall.cancel());
    call.record.marks.sent = upstreamCall.startedAt;
    dispatcher.dispatch(dispatchOptions(sending), upstreamCall);
    if (isRetry) void dispatcher.close();
  }

  function listenerFor(sending: Sending, attempt: Attempt): CallListener {
    const { call, resolve, reject } = sending;
    const { provider } = call.target;
    return {
      describe: (cause, phase) => callFailure(cause, phase, provider),
      head(upstreamCall, status, headers) {
        attempt.status = status;
        const refused = unanswerable(status, provider);
        if (refused) return (upstreamCall.breakOff(refused), reject(refused));
        const hasBody = call.method !== 'HEAD' && status !== 204 && status !== 304;
        resolve({
          status,
          headers: filterReply(headers),
          dialect: call.dialect,
          hasBody,
          body: upstreamCall,
          layers: [],
        });
      },
      failed(upstreamCall, error) {
        if (upstreamCall.diedSilently && sending.body.kind !== 'stream' && !sending.isRetry && !call.client.gone) {
          inFlight.set(provider, (inFlight.get(provider) ?? 0) + 1);
          return send({ ...sending, isRetry: true });
        }
        reject(error);
      },
      over(upstreamCall, failure) {
        parts.deadlines.remove(upstreamCall);
        inFlight.set(provider, (inFlight.get(provider) ?? 1) - 1);
        attempt.ms = parts.clock.now() - upstreamCall.startedAt;
        attempt.outcome = outcomeOf(attempt, failure);
      },
    };
  }

  function settingsOf(call: RoutedCall): ConnectionSettings {
    const { origin, allowsPrivate, provider } = call.target;
    return { origin, allowsPrivate, proxy: parts.proxyOf(provider) };
  }

  return { name: 'upstream', handle };
}

interface Sending {
  readonly call: RoutedCall;
  readonly body: RequestBody;
  readonly headers: string[];
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: ProxyError) => void;
  readonly isRetry: boolean;
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
