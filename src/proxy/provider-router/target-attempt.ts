import type { Clock } from '../clock.ts';
import { discard } from '../discard.ts';
import { toProxyError, type ProxyError } from '../errors.ts';
import type { Call, RoutedCall } from '../exchange.ts';
import { outcomeOfError } from '../outcome.ts';
import { valuesOf } from '../raw-headers.ts';
import type { Attempt, AttemptCause, Outcome } from '../record.ts';
import type { Reply } from '../reply.ts';
import type { Next } from '../stage.ts';
import { causeOfError } from './attempt-cause.ts';
import type { Candidate } from './candidate.ts';
import type { Cooldowns } from './cooldowns.ts';
import { checkReply } from './reply-check.ts';
import type { Rule } from './rule.ts';
import type { TargetLoads } from './target-loads.ts';

/** What an answer ended by that only asks for patience, or is the request's own fault. */
const blameless: ReadonlySet<AttemptCause> = new Set(['429', 'quota', 'contextLength']);

/** One way to answer a call. */
export interface Way {
  readonly candidate: Candidate;
  readonly routed: RoutedCall;
  /** It is sent one of the provider's held keys. */
  readonly isHeld: boolean;
}

/** What an attempt came to: an answer, or an error of ours; and why the next target should be asked instead, if so. */
export type Result = { readonly cause: AttemptCause | null; readonly outcome: Outcome } & (
  { readonly reply: Reply } | { readonly reply: null; readonly error: ProxyError }
);

export interface AttemptParts {
  readonly clock: Clock;
  readonly loads: TargetLoads;
  readonly cooldowns: Cooldowns;
}

/** One target of a call being asked. */
export class TargetAttempt {
  readonly #way: Way;
  readonly #parts: AttemptParts;
  readonly #startedAt: number;
  readonly #attemptsBefore: number;
  readonly #over: () => void;
  #release: (() => void) | null = null;

  constructor(way: Way, parts: AttemptParts) {
    this.#way = way;
    this.#parts = parts;
    this.#startedAt = parts.clock.now();
    this.#attemptsBefore = way.routed.record.attempts.length;
    this.#over = parts.loads.begin(way.candidate.id);
    way.routed.hold(this.#over);
  }

  /** Takes what it needs, and sends it. */
  begin(next: Next<RoutedCall>): Promise<Reply> {
    const { routed } = this.#way;
    this.#release = routed.admit(routed.target);
    return next(routed);
  }

  /** Its head has come. */
  answered(head: Reply): void {
    const { clock, loads } = this.#parts;
    const headAt = clock.now();
    loads.answered(this.#way.candidate.id, headAt - this.#startedAt, headAt);
    if (head.status === 429) this.#coolDown(head);
  }

  #coolDown({ headers }: Reply): void {
    const { candidate, isHeld } = this.#way;
    if (!isHeld) return;
    const { clock, cooldowns } = this.#parts;
    const { provider, keyIndex, model } = candidate;
    const of = { provider: provider.name, keyIndex, model };
    cooldowns.start(of, valuesOf(headers, 'retry-after'), { now: clock.now(), wallMs: clock.wall() });
  }

  /** Looks into an answer of which it is not sure. */
  async checked(head: Reply, rule: Rule): Promise<Result> {
    const { routed } = this.#way;
    const parts = { clock: this.#parts.clock, rule, startedAt: this.#startedAt };
    const { reply, cause, outcome, error } = await checkReply(routed, head, parts);
    if (error === undefined) return { reply, cause, outcome };
    this.#abandon(reply, outcome, error.isNeutral);
    return { reply: null, error, cause, outcome };
  }

  failed(thrown: unknown): Result {
    const error = toProxyError(thrown);
    return { reply: null, error, cause: causeOfError(error), outcome: outcomeOfError(error) };
  }

  /**
   * The next target is asked instead: what was taken for it is given back, whoever follows the reply is told its end, and
   * its connection is freed.
   */
  drop({ reply, outcome }: Result, cause: AttemptCause): void {
    this.#release?.();
    this.#over();
    const attempt = this.#made();
    if (attempt) attempt.cause = cause;
    if (reply === null) return;
    if (outcome !== 'upstream_error') return this.#abandon(reply, outcome, blameless.has(cause));
    const { routed } = this.#way;
    endLayers(routed, reply, outcome);
    // The record does not wait for the rest, which may come late or never.
    if (attempt) attempt.outcome ??= outcome;
    if (reply.hasBody) discard(reply.body, routed);
  }

  /** As it stands in the record; null where nothing came of it: the target's circuit was open, or a limit of ours reached. */
  #made(): Attempt | null {
    const { attempts } = this.#way.routed.record;
    return attempts.length > this.#attemptsBefore ? attempts.at(-1)! : null;
  }

  /** @param isNeutral it says nothing of the provider's health */
  #abandon(reply: Reply, outcome: Outcome, isNeutral: boolean): void {
    const attempt = this.#made();
    if (attempt && isNeutral) attempt.isNeutral = true;
    endLayers(this.#way.routed, reply, outcome);
    reply.body.cancel();
    // Its own bookkeeping knows nothing of what its events said, and takes it for given up by the client. How it broke off, it knows better.
    if (attempt && isUninformed(attempt)) attempt.outcome = outcome;
  }
}

function isUninformed({ outcome }: Attempt): boolean {
  return outcome === null || outcome === 'ok' || outcome === 'client_abort';
}

function endLayers({ record }: Call, { layers }: Reply, outcome: Outcome): void {
  for (const layer of layers) if ('observer' in layer) layer.observer.ended?.(outcome, record);
}
