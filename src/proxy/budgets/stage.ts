import { ProxyError } from '../errors.ts';
import type { Admit, Call } from '../exchange.ts';
import type { Reply } from '../reply.ts';
import type { Next, Stage } from '../stage.ts';
import type { PriceBoundOf } from './bound.ts';
import type { Budgets } from './budgets.ts';
import { outputLimit } from './output-limit.ts';
import { Reservation } from './reservation.ts';

export interface BudgetStageParts {
  readonly budgets: Budgets;
  readonly ceilingOf: PriceBoundOf;
}

/** Reading, and counting without an answer, is free with every provider. */
const freeKinds: ReadonlySet<string> = new Set(['count', 'list', 'file']);
const freeMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'DELETE', 'OPTIONS']);

/**
 * Holds what a request can cost before it is sent, and refuses it where a budget has no room for that. Judged target by
 * target: what is used up for a dear model may have room for a cheap one, and always has for one that costs nothing.
 */
export function budgets({ budgets: all, ceilingOf }: BudgetStageParts): Stage<Call> {
  const parts = { ...all.reservationParts, priceOf: ceilingOf };

  function handle(call: Call, next: Next<Call>): Promise<Reply> {
    const rules = all.rulesFor(call.access);
    if (rules.length === 0 || isFree(call)) return next(call);
    if (rules.some(({ rule }) => rule.mode === 'hard')) checkCertain(call);
    const reservation = new Reservation(call, rules, parts);
    call.hold((record) => reservation.settle(record));
    if (rules.some(({ rule }) => rule.maxOutput !== null)) limitOutput(call, reservation);
    call.admit = admitting(call, reservation);
    return next(call);
  }

  return { name: 'budgets', handle };
}

function isFree({ method, record }: Call): boolean {
  return freeMethods.has(method) || freeKinds.has(record.intent.kind);
}

/**
 * A hard budget can hold only what is certain: of two readers, one could take the first of two limits and the other the
 * last.
 * @throws ProxyError `invalid_request`
 */
function checkCertain({ envelope }: Call): void {
  const twice = envelope?.duplicates.find((key) => !uncounted.has(key));
  if (twice === undefined) return;
  throw new ProxyError('invalid_request', `what the request may cost cannot be told: ${twice} stands twice in it`);
}

/** These change nothing of what a request may cost. */
const uncounted: ReadonlySet<string> = new Set(['metadata', 'stream', 'stream_options']);

function limitOutput(call: Call, reservation: Reservation): void {
  call.edits.push((target) => {
    const limit = reservation.putLimit(target);
    return limit === null ? null : outputLimit(call, target, limit);
  });
}

function admitting(call: Call, reservation: Reservation): Admit {
  const outer = call.admit;
  return (target) => {
    const undoOuter = outer(target);
    const limit = reservation.putLimit(target);
    const isPut = limit !== null && outputLimit(call, target, limit) !== null;
    try {
      const undo = reservation.take(target, isPut ? limit : null);
      return () => {
        undo();
        undoOuter();
      };
    } catch (refused) {
      undoOuter();
      throw refused;
    }
  };
}
