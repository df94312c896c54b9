import type { AccessKey } from '../access-key.ts';
import { globMatcher } from '../glob.ts';
import { DigestTable } from './digest-table.ts';
import { budgetsFrom } from './registry/budget-text.ts';
import type { KeyEntry, Registry } from './registry/document.ts';
import { limitsFrom } from './registry/limit-text.ts';
import { nameOf } from './registry/names.ts';

/** A key that was found, and until when it works. */
export interface FoundKey {
  readonly key: AccessKey;
  /** Unix milliseconds; infinite where it does not expire. */
  readonly until: number;
}

/** Keys that were made together: one set of settings for all of them. */
interface Lot extends Pick<KeyEntry, 'name' | 'count'> {
  /** Where its first digest stands. */
  readonly start: number;
  readonly revoked: ReadonlySet<number>;
  readonly settings: Omit<AccessKey, 'name'>;
  readonly until: number;
}

/** A replaced key that still works for a while. */
interface Retiring {
  readonly lot: Lot;
  readonly index: number;
  readonly until: number;
}

/** The registry's keys, ready to be found by their digests. Of a key by itself it holds its digest alone. */
export class KeyIndex {
  readonly #lots: readonly Lot[];
  /** Their digests stand behind those of the lots. */
  readonly #retiring: readonly Retiring[];
  readonly #retiringStart: number;
  readonly #table: DigestTable;

  /** @throws Error where a digest stands in it twice */
  constructor({ keys }: Registry) {
    const entries = keys.filter(({ revoked }) => revoked !== 'all');
    const lots: Lot[] = [];
    const retiring: Retiring[] = [];
    let start = 0;
    for (const entry of entries) {
      const lot = lotOf(entry, start);
      lots.push(lot);
      start += entry.count;
      for (const { index, until } of entry.retiring) {
        retiring.push({ lot, index, until: Math.min(Date.parse(until), lot.until) });
      }
    }
    const old = entries.flatMap((entry) => entry.retiring.map(({ digest }) => digest));
    const texts = [...entries.map(({ digests }) => digests), ...old];
    this.#lots = lots;
    this.#retiring = retiring;
    this.#retiringStart = start;
    this.#table = new DigestTable(Buffer.concat(texts.map((text) => Buffer.from(text, 'base64'))));
    if (this.#table.hasTwins) throw new Error('a key stands in it twice');
  }

  /** @param now Unix milliseconds */
  find(digest: Buffer, now: number): FoundKey | null {
    const position = this.#table.find(digest);
    if (position === -1) return null;
    const { lot, index, until } = this.#at(position);
    if (lot.revoked.has(index) || until <= now) return null;
    return { key: { name: nameOf(lot, index), ...lot.settings }, until };
  }

  #at(position: number): Retiring {
    const retiring = this.#retiring[position - this.#retiringStart];
    if (retiring) return retiring;
    const lot = this.#lotAt(position);
    return { lot, index: position - lot.start, until: lot.until };
  }

  /** The last one that begins at or before the position. */
  #lotAt(position: number): Lot {
    let low = 0;
    let high = this.#lots.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#lots[middle]!.start <= position) low = middle;
      else high = middle - 1;
    }
    return this.#lots[low]!;
  }
}

function lotOf(entry: KeyEntry, start: number): Lot {
  const { name, count, expires, models, limits, budgets, project, agent } = entry;
  return {
    ...{ name, count, start },
    revoked: new Set(entry.revoked === 'all' ? [] : entry.revoked),
    until: expires === null ? Infinity : Date.parse(expires),
    settings: {
      allowsModel: models === null ? null : anyOf(models),
      limits: limits === null ? [] : rulesOf(limitsFrom(limits, name)),
      budgets: rulesOf(budgetsFrom(budgets, name)),
      ...{ project, agent },
    },
  };
}

function anyOf(globs: readonly string[]): (model: string) => boolean {
  const matchers = globs.map(globMatcher);
  return (model) => matchers.some((matches) => matches(model));
}

/** The registry has been checked: what cannot be read as a rule is a fault of ours. */
function rulesOf<Rule>(rules: readonly Rule[] | { readonly problem: string }): readonly Rule[] {
  if ('problem' in rules) throw new Error(rules.problem);
  return rules;
}
