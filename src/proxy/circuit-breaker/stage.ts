import { toProxyError, type ProxyError } from '../errors.ts';
import type { RoutedCall } from '../exchange.ts';
import type { Reply } from '../reply.ts';
import type { Next, Stage } from '../stage.ts';
import type { Breakers } from './breakers.ts';
import { ReplyWatch } from './reply-watch.ts';
import type { BreakerTicket } from './ticket.ts';
import { verdictOfError, verdictOfStatus } from './verdict.ts';

export interface CircuitBreakerParts {
  readonly breakers: Breakers;
  /** Monotonic milliseconds. */
  readonly now: () => number;
}

/** A body of more bytes than this can be what made a provider hang up. */
const largeBytes = 1024 * 1024;

/** Refuses at once what would go to a provider that keeps failing, and learns from each attempt how its provider does. */
export function circuitBreaker({ breakers, now }: CircuitBreakerParts): Stage<RoutedCall> {
  function handle(call: RoutedCall, next: Next<RoutedCall>): Promise<Reply> {
    if (!breakers.enabled) return next(call);
    const { provider, model } = call.target;
    const ticket = breakers.admit(provider, model);
    if (!ticket.isProbe) return judged(ticket, call, next);
    // Whatever becomes of the exchange, the circuit is not left waiting for it.
    call.hold(() => ticket.settle('neutral', 'abandoned'));
    return judged(ticket, probing(call, breakers.terms.probeMs), next);
  }

  function judged(ticket: BreakerTicket, call: RoutedCall, next: Next<RoutedCall>): Promise<Reply> {
    const startedAt = now();
    const failed = (thrown: unknown): Promise<never> => {
      const error = toProxyError(thrown);
      ticket.settle(isDoneByClient(call, error) ? 'neutral' : verdictOfError(error, ticket.isProbe), error.code);
      return Promise.reject(thrown as Error);
    };
    try {
      return next(call).then((reply) => answered(reply, ticket, call, startedAt), failed);
    } catch (thrown) {
      return failed(thrown);
    }
  }

  function answered(reply: Reply, ticket: BreakerTicket, call: RoutedCall, startedAt: number): Reply {
    const isSlow = now() - startedAt > breakers.terms.slowMs;
    const verdict = reply.status === 408 && isAtClientsPace(call) ? 'alive' : verdictOfStatus(reply.status);
    if (verdict === null) reply.layers.push({ observer: new ReplyWatch(ticket, reply.status, isSlow) });
    else ticket.settle(verdict, String(reply.status), isSlow);
    return reply;
  }

  return { name: 'circuit-breaker', handle };
}

/**
 * A body that is passed on as it comes takes the time and the length that its client chooses: that a provider loses its
 * patience in the middle of it is no sickness.
 */
function isAtClientsPace({ body, record }: RoutedCall): boolean {
  return body.kind === 'stream' && record.attempts.at(-1)?.isSent === true;
}

/** Providers hang up on what is too large for them, some without a word. */
function isDoneByClient(call: RoutedCall, { code }: ProxyError): boolean {
  if (isAtClientsPace(call)) return true;
  const { body, record } = call;
  const isLarge = body.kind === 'bytes' && body.bytes.length > largeBytes;
  return isLarge && code === 'upstream_unreachable' && record.attempts.at(-1)?.isSent === true;
}

/** A deadline that is shorter already stays. */
function probing(call: RoutedCall, probeMs: number): RoutedCall {
  const { target } = call;
  const firstByteMs = target.firstByteMs === null ? probeMs : Math.min(target.firstByteMs, probeMs);
  return { ...call, target: { ...target, firstByteMs } };
}
