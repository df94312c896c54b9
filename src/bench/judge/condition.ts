import { closest } from '../../proxy/config/suggestion.ts';
import type { Metrics, SlaResult } from '../proof/proof-report.ts';
import { type Limit, holds, limitFrom, limitWithUnit, missedBy } from './limit.ts';
import { InputError } from './read-json.ts';

/** `--fail`: something that must hold, or the run fails. */
export interface Condition {
  readonly metric: string;
  readonly limit: Limit;
}

const conditionText = /^\s*([a-z0-9_]+(?:\.[a-z0-9_]+)*)\s*([<>]=?)\s*(\d+(?:\.\d+)?)\s*(ms|\/s|MB|%)?\s*$/u;
const shownNames = 6;

/**
 * Reads `overhead.p99<20`, `errors.rate<0.1%` or `rate.achieved >= 95`.
 *
 * @throws InputError for anything else.
 */
export function conditionFrom(text: string): Condition {
  const [, metric, operator, number, unit] = conditionText.exec(text) ?? [];
  const limit = limitFrom(`${operator ?? ''}${number ?? ''}`);
  if (metric === undefined || limit === null) {
    throw new InputError(`'${text}' is no condition; write it as overhead.p99<20`);
  }
  return { metric, limit: unit === '%' ? { ...limit, value: limit.value / 100 } : limit };
}

/**
 * Sees to it that a name means something, before anything is measured.
 *
 * @param known every name that a run can have.
 * @throws InputError that lists names like it.
 */
export function checkMetricName(name: string, known: readonly string[]): void {
  if (known.includes(name)) return;
  const near = namesNear(name, known);
  const list = near.length === 0 ? '' : `\n  names like it: ${near.join(', ')}`;
  throw new InputError(`no metric is called ${name}${list}`);
}

/** Those that were probably meant: the closest one, and such as begin or end alike. */
function namesNear(name: string, known: readonly string[]): string[] {
  const best = closest(name, known);
  const [first, last] = [name.split('.')[0], name.split('.').at(-1)];
  const same = (part: 0 | -1, word: string | undefined) => known.filter((other) => other.split('.').at(part) === word);
  const all = new Set([...(best === null ? [] : [best]), ...same(0, first), ...same(-1, last)]);
  return [...all].slice(0, shownNames);
}

/** What a run did not measure does not hold: a gate that cannot be checked is closed. */
export function judgeConditions(conditions: readonly Condition[], metrics: Metrics): SlaResult[] {
  return conditions.map(({ metric, limit }) => {
    const measured = metrics[metric];
    const unit = measured?.unit ?? '';
    const named = { id: '--fail', name: metric, metric, target: limitWithUnit(limit, unit).trim(), unit };
    if (measured === undefined || !Number.isFinite(measured.value)) {
      const reason = `this run has no ${metric}`;
      return { ...named, value: null, interval: null, verdict: 'not measured', reason };
    }
    const { value, interval } = measured;
    const passes = holds(limit, value);
    const reason = passes ? null : missedBy(limit, value, unit);
    return { ...named, value, interval, verdict: passes ? 'pass' : 'fail', reason };
  });
}
