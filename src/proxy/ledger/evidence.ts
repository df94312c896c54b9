import { isObject } from '../json.ts';

/** What the members of a usage object are called, whatever the provider: nothing else that a reply says is kept. */
const usageKey = /^(?!.*\s)[A-Za-z0-9_]{1,64}$/;
const usageWord = /token|count|cache|input|output|usage|request|detail|iteration|ephemeral|total|tool|search|time/i;
const modalities: ReadonlySet<unknown> = new Set(['TEXT', 'IMAGE', 'AUDIO', 'VIDEO', 'DOCUMENT']);
const maxDepth = 4;

/**
 * The numbers of a provider's usage as JSON, under their own names: enough to price a request again. A usage object is
 * the provider's to fill, so text in it, which could be anybody's, stays out of the ledger. Null where nothing is kept.
 */
export function usageNumbersJson(usage: unknown, depth = 0): string | null {
  // Not as text by itself: 1e999 is infinite once it is read, and that is no JSON.
  if (typeof usage === 'number' || modalities.has(usage)) return JSON.stringify(usage);
  if (depth === maxDepth) return null;
  if (Array.isArray(usage)) return `[${usage.map((part) => String(usageNumbersJson(part, depth + 1))).join(',')}]`;
  if (!isObject(usage)) return null;
  let members = '';
  for (const key in usage) {
    const numbers = isUsageKey(key) || key === 'modality' ? usageNumbersJson(usage[key], depth + 1) : null;
    if (numbers !== null) members += `${members === '' ? '' : ','}"${key}":${numbers}`;
  }
  return `{${members}}`;
}

function isUsageKey(key: string): boolean {
  return usageKey.test(key) && usageWord.test(key);
}
