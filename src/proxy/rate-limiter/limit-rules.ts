import { rateFrom, type LimitRule, type Rate } from '../quota.ts';
import type { LimitOptions } from './options.ts';

/** The limits as they are counted. One without a name is called by what it limits, and numbered where another is called so. */
export function limitRules(limits: readonly LimitOptions[]): LimitRule[] {
  const taken = new Set(limits.flatMap(({ name }) => name ?? []));
  return limits.map(({ name, per, match, requests, tokens, concurrent, burst, shadow }) => ({
    name: name ?? freeName(match === undefined ? per : `${per} ${match}`, taken),
    per,
    match: match ?? null,
    requests: rate(requests),
    tokens: rate(tokens),
    concurrent: concurrent ?? null,
    burst: burst ?? null,
    shadow,
  }));
}

function freeName(wanted: string, taken: Set<string>): string {
  let name = wanted;
  for (let number = 2; taken.has(name); number++) name = `${wanted} ${number}`;
  taken.add(name);
  return name;
}

function rate(text: string | undefined): Rate | null {
  return text === undefined ? null : rateFrom(text);
}
