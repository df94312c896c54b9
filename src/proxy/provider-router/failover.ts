import type { Clock } from '../clock.ts';
import { discard } from '../discard.ts';
import { toProxyError, type ProxyError } from '../errors.ts';
import type { Call, RoutedCall } from '../exchange.ts';
import { outcomeOfError } from '../outcome.ts';
import { valuesOf } from '../raw-headers.ts';
import type { Attempt, AttemptCause, Outcome } from '../record.ts';
import type { Reply } from '../reply.ts';
import type { Next } from '../stage.ts';
import type { Candidate } from './candidate.ts';
import type { Cooldowns } from './cooldowns.ts';
import { causeOfError } from './attempt-cause.ts';
import { checkReply } from './reply-check.ts';
import type { Rule } from './rule.ts';
import type { TargetLoads } from './target-loads.ts';

const maxAttempts = 3;
/** Less is no time for another attempt. */
const minLeftMs = 1000;

/** What an answer ended by that only asks for patience, or is the request's own fault. */
const blameless: ReadonlySet<AttemptCause> = new Set(['429', 'quota', 'contextLength']);

interface FailoverParts {
  readonly clock: Clock;
  readonly loads: TargetLoads;
  readonly cooldowns: Cooldowns;
  /** For the whole exchange, milliseconds; 0: no limit. */
  readonly totalMs: number;
}

/** One way to answer a call. */
export interface Way {
  readonly candidate: Candidate;
  readonly routed: RoutedCall;
  /** It is sent one of the provider's held keys. */
  readonly isHeld: boolean;
}

/** What an attempt came to: an answer, or an error of ours; and why the next target should be asked instead, if so. */
type Result = Made & { readonly cause: AttemptCause | null; readonly outcome: Outcome } & (
    { readonly reply: Reply } | { readonly reply: null; readonly error: ProxyError }
  );

interface Made {
  /** As it stands in the record; null where nothing came of it: the target's circuit was open, or a limit of ours reached. */
  readonly attempt: Attempt | null;
  /** Gives back what was taken for it. */
  readonly undo: () => void;
}

/** The targets of one call. */
export interface Ways {
  /** The next one, or null where there is none; it is told what the last one failed by. */
  readonly next: (failed: Way | null, cause: AttemptCause | null) => Way | null;
  /** Whether there may be another one. */
  readonly hasMore: (after: Way) => boolean;
}

/**
 * Asks one target after the other until one answers: at most three, before the client has seen a byte, after the causes
 * that the rule names. The last answer counts, whatever it is.
 */
export async function failover(call: Call, rule: Rule, ways: Ways, asking: FailoverCall): Promise<Served> {
  const { parts } = asking;
  const startedAt = parts.clock.now();
  let way = ways.next(null, null);
  for (let tried = 1; way !== null; tried++) {
    const isLast = !ways.hasMore(way) || !canTryAgain(call, tried, startedAt, parts);
    const attempt = await attemptAt(way, { rule, isLast }, asking);
    const { cause } = attempt;
    const mayGoOn = cause !== null && rule.failoverOn.has(cause) && canTryAgain(call, tried, startedAt, parts);
    const another: Way | null = mayGoOn ? ways.next(way, cause) : null;
    if (another === null) {
      if (attempt.reply === null) throw attempt.error;
      return { reply: attempt.reply, way };
    }
    attempt.undo();
    drop(call, attempt, cause!);
    way = another;
  }
  throw new Error('a rule without a target');
}

export interface FailoverCall {
  readonly parts: FailoverParts;
  readonly next: Next<RoutedCall>;
}

export interface Served {
  readonly reply: Reply;
  readonly way: Way;
}

function canTryAgain(call: Call, tried: number, startedAt: number, { clock, totalMs }: FailoverParts): boolean {
  if (tried >= maxAttempts || call.client.gone || call.body.kind === 'stream') return false;
  return totalMs === 0 || totalMs - (clock.now() - startedAt) >= minLeftMs;
}

async function attemptAt(
  way: Way,
  { rule, isLast }: { readonly rule: Rule; readonly isLast: boolean },
  { parts, next }: FailoverCall,
): Promise<Result> {
  const { clock, loads } = parts;
  const { routed, candidate } = way;
  const startedAt = clock.now();
  const { attempts } = routed.record;
  const attemptsBefore = attempts.length;
  const made = (): Attempt | null => (attempts.length > attemptsBefore ? attempts.at(-1)! : null);
  const { id } = candidate;
  const over = loads.begin(id);
  routed.hold(over);
  let undo = over;
  try {
    const release = routed.admit(routed.target);
    undo = () => {
      release();
      over();
    };
    const head = await next(routed);
    const headAt = clock.now();
    loads.answered(id, headAt - startedAt, headAt);
    if (head.status === 429) coolDown(way, head, parts);
    // Nobody else can be asked, or need be: nothing is held back.
    if ((isLast && rule.firstTokenMs === null) || isGood(routed, head))
      return { reply: head, cause: null, outcome: 'ok', attempt: made(), undo };
    const { reply, cause, outcome, error } = await checkReply(routed, head, { clock, rule, startedAt });
    if (error === undefined) return { reply, cause, outcome, attempt: made(), undo };
    abandon(routed, { reply, outcome, attempt: made() }, error.isNeutral);
    return { reply: null, error, cause, outcome, attempt: made(), undo };
  } catch (thrown) {
    const error = toProxyError(thrown);
    return { reply: null, error, cause: causeOfError(error), outcome: outcomeOfError(error), attempt: made(), undo };
  }
}

/** It is an answer, and all of it is here: most of those that are not streamed come in one piece. */
function isGood({ streamed }: RoutedCall, { status, body }: Reply): boolean {
  return !streamed && status < 400 && body.isWhole === true;
}

function coolDown({ candidate, isHeld }: Way, { headers }: Reply, { clock, cooldowns }: FailoverParts): void {
  if (!isHeld) return;
  const { provider, keyIndex, model } = candidate;
  const of = { provider: provider.name, keyIndex, model };
  cooldowns.start(of, valuesOf(headers, 'retry-after'), { now: clock.now(), wallMs: clock.wall() });
}

/** The next target is asked instead: whoever follows the reply is told its end, and its connection is freed. */
function drop(call: Call, { reply, outcome, attempt }: Result, cause: AttemptCause): void {
  if (attempt) attempt.cause = cause;
  if (reply === null) return;
  if (outcome !== 'upstream_error') return abandon(call, { reply, outcome, attempt }, blameless.has(cause));
  endLayers(call, reply, outcome);
  // The record does not wait for the rest, which may come late or never.
  if (attempt) attempt.outcome ??= outcome;
  if (reply.hasBody) discard(reply.body, call);
}

interface Abandoned {
  readonly reply: Reply;
  readonly outcome: Outcome;
  readonly attempt: Attempt | null;
}

/** @param isNeutral it says nothing of the provider's health */
function abandon(call: Call, { reply, outcome, attempt }: Abandoned, isNeutral: boolean): void {
  if (attempt && isNeutral) attempt.isNeutral = true;
  endLayers(call, reply, outcome);
  reply.body.cancel();
  // Its own bookkeeping knows nothing of what its events said, and takes it for given up by the client. How it broke off, it knows better.
  if (attempt && isUninformed(attempt)) attempt.outcome = outcome;
}

function isUninformed({ outcome }: Attempt): boolean {
  return outcome === null || outcome === 'ok' || outcome === 'client_abort';
}

function endLayers({ record }: Call, { layers }: Reply, outcome: Outcome): void {
  for (const layer of layers) if ('observer' in layer) layer.observer.ended?.(outcome, record);
}
