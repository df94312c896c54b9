import { toProxyError } from '../errors.ts';
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

  async function judged(ticket: BreakerTicket, call: RoutedCall, next: Next<RoutedCall>): Promise<Reply> {
    const startedAt = now();
    let reply: Reply;
    try {
      reply = await next(call);
    } catch (thrown) {
      const error = toProxyError(thrown);
      ticket.settle(verdictOfError(error, ticket.isProbe), error.code);
      throw thrown;
    }
    const isSlow = now() - startedAt > breakers.terms.slowMs;
    const verdict = verdictOfStatus(reply.status);
    if (verdict === null) reply.layers.push({ observer: new ReplyWatch(ticket, reply.status, isSlow) });
    else ticket.settle(verdict, String(reply.status), isSlow);
    return reply;
  }

  return { name: 'circuit-breaker', handle };
}

/** A deadline that is shorter already stays. */
function probing(call: RoutedCall, probeMs: number): RoutedCall {
  const { target } = call;
  const firstByteMs = target.firstByteMs === null ? probeMs : Math.min(target.firstByteMs, probeMs);
  return { ...call, target: { ...target, firstByteMs } };
}
