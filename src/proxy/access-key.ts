import type { BudgetRule, LimitRule } from './quota.ts';

/** What an access key says of whoever uses it, and what it allows them. The key itself is nowhere in here. */
export interface AccessKey {
  /** Stands in records, ledger and metrics. */
  readonly name: string;
  /** Whether a model may be asked for; null where all may. */
  readonly allowsModel: ((model: string) => boolean) | null;
  readonly limits: readonly LimitRule[];
  readonly budgets: readonly BudgetRule[];
  /** Stands in for what the client says of itself; null leaves that. */
  readonly project: string | null;
  readonly agent: string | null;
}

/** How a key that stands where a credential is due begins: it is never forwarded to anyone, known or not. */
export const accessKeyPrefix = 'tpk_';

/** The prefix and 43 characters of base64url, with nothing of their kind around them. */
const wholeKey = /(?<![\w-])tpk_[\w-]{43}(?![\w-])/;

/** How long every key is, in characters. */
export const accessKeyLength = 47;

/** Whether a whole access key stands anywhere in a text, known or not. */
export function holdsAccessKey(text: string): boolean {
  return text.includes(accessKeyPrefix) && wholeKey.test(text);
}

/** Whole or cut off, and whatever stands around it. */
const keyLike = /tpk_[\w-]{16,}/g;

/** A name without the access keys that somebody has put where it was due: names are recorded and shown. */
export function withoutAccessKeys(name: string): string {
  return name.includes(accessKeyPrefix) ? name.replace(keyLike, `${accessKeyPrefix}…`) : name;
}
