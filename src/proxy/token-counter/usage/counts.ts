import type { JsonObject } from '../../json.ts';
import { isObject } from '../../json.ts';
import type { BilledLine } from '../reading.ts';

/** More tokens than any request can have: a larger number is a lie or a fault. */
const maxCount = 2 ** 40;

/** A count as a provider reports it; 0 where it is left out or null, NaN where it is no whole number from 0 to 2^40. */
export function counted(value: unknown): number {
  if (value === undefined || value === null) return 0;
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= maxCount ? value : NaN;
}

/** The same for a count that must be there: NaN where it is not. */
export function required(value: unknown): number {
  return value === undefined || value === null ? NaN : counted(value);
}

/** A member that is an object; empty where it is left out, null or something else. */
export function part(object: JsonObject, name: string): JsonObject {
  const value = object[name];
  return isObject(value) ? value : nothing;
}

/** Whether every number is a count. One that came in as NaN, or a part that is larger than its whole, shows here. */
export function isSound({ tokens, promptTokens, audioInput }: BilledLine): boolean {
  return (
    isCount(tokens.input) &&
    isCount(tokens.cacheRead) &&
    isCount(tokens.cacheWrite - tokens.cacheWrite1h) &&
    isCount(tokens.cacheWrite1h) &&
    isCount(tokens.output) &&
    isCount(tokens.reasoning) &&
    isCount(promptTokens) &&
    isCount(tokens.input - audioInput)
  );
}

const tokenField = /tokens?(?:_?count)?$/i;

/** Whether an object counts tokens under a name that is not in the list: something is billed that we cannot price. */
export function countsUnknown(object: JsonObject, known: ReadonlySet<string>): boolean {
  for (const name in object) {
    const value = object[name];
    if (typeof value === 'number' && value !== 0 && !known.has(name) && tokenField.test(name)) return true;
  }
  return false;
}

const nothing: JsonObject = {};

function isCount(value: number): boolean {
  return Number.isInteger(value) && value >= 0;
}
