import type { Admit, Call } from '../exchange.ts';
import type { Reply } from '../reply.ts';
import type { Next, Stage } from '../stage.ts';
import type { Asking, Limits } from './limits.ts';
import type { Ticket } from './ticket.ts';
import { estimateOf, usedBy } from './token-use.ts';

/** Refuses what comes faster, or more at a time, than the user's limits allow. */
export function rateLimiter(limits: Limits): Stage<Call> {
  function handle(call: Call, next: Next<Call>): Promise<Reply> {
    if (!limits.concern(call.access)) return next(call);
    const asking: Asking = { record: call.record, access: call.access, estimate: estimateOf(call) };
    hold(call, limits.enter(asking));
    if (limits.concernProviders()) call.admit = admitOf(call, asking);
    return next(call);
  }

  /** What was taken is let out with the exchange's end, however it ends. */
  function hold(call: Call, tickets: readonly Ticket[]): void {
    if (tickets.length > 0) call.hold((record) => limits.leave(tickets, usedBy(record)));
  }

  /** Providers are known only by the attempt. Of one that is followed by another, the request stays taken. */
  function admitOf(call: Call, asking: Asking): Admit {
    const outer = call.admit;
    return (target) => {
      const undo = outer(target);
      const tickets = entered(asking, target.provider, undo);
      hold(call, tickets);
      return () => {
        limits.leave(tickets, 0);
        undo();
      };
    };
  }

  function entered(asking: Asking, provider: string, undo: () => void): readonly Ticket[] {
    try {
      return limits.enterProvider(asking, provider);
    } catch (refused) {
      undo();
      throw refused;
    }
  }

  return { name: 'rate-limiter', handle };
}
