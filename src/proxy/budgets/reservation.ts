import type { Call, Target } from '../exchange.ts';
import type { Attempt, BudgetFacts, Outcome, RequestRecord } from '../record.ts';
import type { BudgetRule } from '../quota.ts';
import { boundedName } from '../request-json.ts';
import { allTokens, namesJson, spentOf } from '../spending.ts';
import type { Account } from './account.ts';
import type { ActiveRule } from './active-rule.ts';
import { amountValue } from './amounts.ts';
import { bytesOf, limitOf, requestBound, type PriceBoundOf, type RequestBound } from './bound.ts';
import type { ModelHistory } from './learned.ts';
import { refusal } from './refusal.ts';
import type { Windows } from './windows.ts';

/** From this share of a budget on, in percent, its user is warned. */
export const warnPercent = 80;

export interface ReservationParts {
  readonly windows: Windows;
  /** Unix milliseconds. */
  readonly wall: () => number;
  readonly historyOf: (provider: string, model: string) => ModelHistory;
  readonly priceOf: PriceBoundOf;
  /** Its dollars are play, and no budget of the user's is touched. */
  readonly isPlayMoney: (provider: string) => boolean;
}

/** What a request holds of one budget. */
interface Claim extends BudgetFacts {
  readonly active: ActiveRule;
  /** Null for a budget that judges each request by itself. */
  readonly account: Account | null;
  readonly epoch: number;
  readonly isOver: boolean;
}

const nothing = (): void => undefined;
const none: readonly never[] = [];

/** What one exchange holds of its budgets, from its first attempt to its end. */
export class Reservation {
  readonly #call: Call;
  readonly #rules: readonly ActiveRule[];
  readonly #parts: ReservationParts;
  #claims: readonly Claim[] = none;
  #bound: RequestBound | null = null;
  #history: ModelHistory | null = null;
  #isSettled = false;

  constructor(call: Call, rules: readonly ActiveRule[], parts: ReservationParts) {
    this.#call = call;
    this.#rules = rules;
    this.#parts = parts;
  }

  /** The output limit that is put into the request for a target; null where it has one, or no budget gives one. */
  putLimit(target: Target): number | null {
    if (limitOf(this.#call) !== null || !this.#call.route.endpoint.metered) return null;
    let limit: number | null = null;
    for (const { rule, subjectOf } of this.#rules) {
      if (rule.maxOutput === null || subjectOf(this.#call, target) === null) continue;
      limit = Math.min(limit ?? Infinity, rule.maxOutput);
    }
    return limit;
  }

  /**
   * Holds what an attempt at a target can come to, in all budgets or in none.
   * @param putLimit the output limit that the request will have been given, or null
   * @throws ProxyError `budget_exhausted`
   */
  take(target: Target, putLimit: number | null): () => void {
    this.#release();
    this.#call.record.warning = null;
    // Its client left while it waited: nobody will settle it again.
    if (this.#isSettled || this.#parts.isPlayMoney(target.provider)) return nothing;
    const wallMs = this.#parts.wall();
    this.#history = this.#parts.historyOf(target.provider, boundedName(target.model ?? ''));
    const bound = { history: this.#history, priceOf: this.#parts.priceOf, wallMs, putLimit };
    this.#bound = requestBound(this.#call, target, bound);
    const claims: Claim[] = [];
    for (const active of this.#rules) {
      const subject = active.subjectOf(this.#call, target);
      if (subject !== null) claims.push(this.#claim(active, subject, wallMs));
    }
    this.#hold(claims, target);
    return () => this.#undo();
  }

  #undo(): void {
    if (this.#claims.length > 0) this.#call.record.budgets = [];
    this.#release();
  }

  #claim(active: ActiveRule, subject: string, wallMs: number): Claim {
    const { rule, book } = active;
    const window = this.#parts.windows.at(rule.window, wallMs);
    const account = rule.window === 'request' ? null : book.open(subject, window, wallMs);
    const needed = this.#needed(rule);
    const left = account === null ? rule.amount : account.left(rule.amount);
    const isOver = hasNoRoom(rule, needed, left);
    return {
      active,
      account,
      epoch: account === null ? 0 : account.epoch,
      isOver,
      budget: book.id,
      subject: account === null ? subject : account.subject,
      window: account === null ? window : account.window,
      names: account === null ? namesJson(book.id, subject, window) : account.names,
      isAlone: account === null,
      unit: rule.unit,
      mode: rule.mode,
      verdict: isOver ? verdictsWhenOver[rule.mode] : verdictWithRoom(rule, account),
      reserved: needed ?? 0,
      left,
      charged: null,
    };
  }

  #needed({ unit }: BudgetRule): number | null {
    return unit === 'usd' ? this.#bound!.picodollars : this.#bound!.tokens;
  }

  #hold(claims: readonly Claim[], target: Target): void {
    this.#call.record.budgets = claims;
    for (const claim of claims) if (claim.isOver && claim.mode === 'hard') this.#refuse(claims, claim, target);
    for (const { active, account, reserved, isOver } of claims) {
      if (account !== null) account.reserved += reserved;
      if (isOver) active.book.wouldRefuse++;
    }
    this.#claims = claims;
    this.#call.record.warning = warningOf(claims);
  }

  #refuse(claims: readonly Claim[], { active, subject, window, left }: Claim, target: Target): never {
    this.#call.record.budgets = claims.map((claim) => ({ ...claim, reserved: 0, charged: 0 }));
    active.book.refused++;
    const { rule } = active;
    throw refusal({ rule, subject, window, left, needed: this.#needed(rule), target });
  }

  #release(): void {
    for (const { account, epoch, reserved } of this.#claims) {
      // Of a window that is over nothing is held any more.
      if (account?.epoch === epoch) account.reserved -= reserved;
    }
    this.#claims = none;
  }

  /** The exchange is over: what it came to is charged by the ledger, in this same step. */
  settle(record: RequestRecord): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    for (const claim of this.#claims) {
      claim.charged = this.#chargedBeside(record, claim);
      if (claim.reserved > 0 && spentOf(record, claim) > claim.reserved) claim.active.book.overshot++;
    }
    this.#release();
    this.#learn(record);
  }

  /** What is charged where neither cost nor tokens say it; else null. */
  #chargedBeside(record: RequestRecord, fact: BudgetFacts): number | null {
    const { unit, reserved } = fact;
    const last = record.attempts.at(-1);
    if (last === undefined) return 0;
    if (this.#goesOnUnseen(record, last)) return Math.max(reserved, spentOf(record, fact));
    // It was sent, and nobody knows what the provider made of it.
    if (last.status === null && last.isSent !== false && isCut(record)) {
      return unit === 'usd' ? this.#bound!.inputPicodollars : this.#bound!.inputTokens;
    }
    return unit === 'usd' && record.cost.picodollars === null ? reserved : null;
  }

  /** Whether the provider works out a whole answer, and bills it, of which nobody will see the usage. */
  #goesOnUnseen(record: RequestRecord, { status, isSent }: Attempt): boolean {
    const { tokens, exactness } = record;
    if ((status ?? 0) >= 400 || (status === null && isSent === false)) return false;
    if (tokens !== null && isKnown(exactness)) return false;
    const { streamed, envelope } = this.#call;
    return envelope?.background === true ? status !== null || isCut(record) : !streamed && isCut(record);
  }

  #learn({ tokens, exactness }: RequestRecord): void {
    if (tokens === null || !isKnown(exactness)) return;
    const output = Math.ceil(tokens.output / (this.#call.envelope?.choices ?? 1));
    this.#history?.learn({ bytes: bytesOf(this.#call), input: allTokens(tokens) - tokens.output, output });
  }
}

/** The value of `x-tokenpak-warn`; null where no budget is nearly used up. */
function warningOf(claims: readonly Claim[]): string | null {
  let warning: string | null = null;
  for (const { active, account } of claims) {
    const { rule } = active;
    if (account === null || !isNearlyUsedUp(rule, account)) continue;
    const used = (account.usedPercent(rule.amount) / 100).toFixed(2);
    const left = amountValue(rule.unit, Math.max(0, rule.amount + account.granted - account.spent));
    const text = `budget;name=${rule.name};used=${used};left=${rule.unit === 'usd' ? left.toFixed(4) : left}`;
    warning = warning === null ? text : `${warning}, ${text}`;
  }
  return warning;
}

/** What costs nothing always has room. */
function hasNoRoom({ unpriced }: BudgetRule, needed: number | null, left: number): boolean {
  if (needed === null) return unpriced === 'refuse' || left <= 0;
  return needed > 0 && needed > left;
}

function isNearlyUsedUp({ mode, amount }: BudgetRule, account: Account | null): boolean {
  return account !== null && mode !== 'shadow' && account.usedPercent(amount) >= warnPercent;
}

function verdictWithRoom(rule: BudgetRule, account: Account | null): 'warned' | 'passed' {
  return isNearlyUsedUp(rule, account) ? 'warned' : 'passed';
}

const verdictsWhenOver = { hard: 'refused', soft: 'warned', shadow: 'shadow' } as const;

/** Ends that leave open whether the provider worked on a request that it had not begun to answer. */
const cuts: ReadonlySet<Outcome | null> = new Set<Outcome | null>([
  ...(['client_abort', 'client_stalled', 'shutdown_cut', 'upstream_timeout'] as const),
]);

function isCut({ outcome }: RequestRecord): boolean {
  return cuts.has(outcome);
}

function isKnown(exactness: RequestRecord['exactness']): boolean {
  return exactness === 'exact' || exactness === 'subscription';
}
