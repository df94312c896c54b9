import { isObject } from '../json.ts';

/** What the members of a usage object are called, whatever the provider: nothing else that a reply says is kept. */
const usageKey = /^(?!.*\s)[A-Za-z0-9_]{1,64}$/;
const usageWord = /token|count|cache|input|output|usage|request|detail|iteration|ephemeral|total|tool|search|time/i;
const modalities: ReadonlySet<unknown> = new Set(['TEXT', 'IMAGE', 'AUDIO', 'VIDEO', 'DOCUMENT']);
const maxDepth = 4;

/**
 * The numbers of a provider's usage, under their own names: enough to price a request again. A usage object is the
 * provider's to fill, so text in it, which could be anybody's, stays out of the ledger.
 */
export function usageNumbers(usage: unknown, depth = 0): unknown {
  if (typeof usage === 'number' || modalities.has(usage)) return usage;
  if (depth === maxDepth) return undefined;
  if (Array.isArray(usage)) return usage.map((part) => usageNumbers(part, depth + 1) ?? null);
  if (!isObject(usage)) return undefined;
  const kept: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const [key, value] of Object.entries(usage)) {
    const numbers = isUsageKey(key) || key === 'modality' ? usageNumbers(value, depth + 1) : undefined;
    if (numbers !== undefined) kept[key] = numbers;
  }
  return kept;
}

function isUsageKey(key: string): boolean {
  return usageKey.test(key) && usageWord.test(key);
}
