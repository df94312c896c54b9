import type { Call, RoutedCall } from '../exchange.ts';
import type { AttemptCause } from '../record.ts';
import type { Reply } from '../reply.ts';
import type { Next } from '../stage.ts';
import type { Rule } from './rule.ts';
import { TargetAttempt, type AttemptParts, type Result, type Way } from './target-attempt.ts';

const maxAttempts = 3;
/** Less is no time for another attempt. */
const minLeftMs = 1000;

interface FailoverParts extends AttemptParts {
  /** For the whole exchange, milliseconds; 0: no limit. */
  readonly totalMs: number;
}

/** The targets of one call. */
export interface Ways {
  /** The next one, or null where there is none; it is told what the last one failed by. */
  readonly next: (failed: Way | null, cause: AttemptCause | null) => Way | null;
  /** Whether there may be another one. */
  readonly hasMore: (after: Way) => boolean;
  /** This one's answer is the call's. */
  readonly served: (way: Way) => void;
}

export interface FailoverCall {
  readonly parts: FailoverParts;
  readonly next: Next<RoutedCall>;
}

/**
 * Asks one target after the other until one answers: at most three, before the client has seen a byte, after the causes
 * that the rule names. The last answer counts, whatever it is.
 */
export async function failover(call: Call, rule: Rule, ways: Ways, { parts, next }: FailoverCall): Promise<Reply> {
  const startedAt = parts.clock.now();
  let way = ways.next(null, null);
  for (let tried = 1; way !== null; tried++) {
    const isLast = !ways.hasMore(way) || !canTryAgain(call, tried, startedAt, parts);
    const attempt = new TargetAttempt(way, parts);
    let result: Result;
    try {
      const head = await attempt.begin(next);
      attempt.answered(head);
      // Nobody else can be asked, or need be: nothing is held back.
      const isSure = (isLast && rule.firstTokenMs === null) || isGood(way.routed, head);
      result = isSure ? { reply: head, cause: null, outcome: 'ok' } : await attempt.checked(head, rule);
    } catch (thrown) {
      result = attempt.failed(thrown);
    }
    const { cause } = result;
    const mayGoOn = cause !== null && rule.failoverOn.has(cause) && canTryAgain(call, tried, startedAt, parts);
    const another: Way | null = mayGoOn ? ways.next(way, cause) : null;
    if (another === null) {
      if (result.reply === null) throw result.error;
      ways.served(way);
      return result.reply;
    }
    attempt.drop(result, cause!);
    way = another;
  }
  throw new Error('a rule without a target');
}

function canTryAgain(call: Call, tried: number, startedAt: number, { clock, totalMs }: FailoverParts): boolean {
  if (tried >= maxAttempts || call.client.gone || call.body.kind === 'stream') return false;
  return totalMs === 0 || totalMs - (clock.now() - startedAt) >= minLeftMs;
}

/** It is an answer, and all of it is here: most of those that are not streamed come in one piece. */
function isGood({ streamed }: RoutedCall, { status, body }: Reply): boolean {
  return !streamed && status < 400 && body.isWhole === true;
}
