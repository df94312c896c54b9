import { rateExpectation, rateFrom, type LimitRule } from '../../quota.ts';
import { partsOf } from './parts.ts';

type Draft = { -readonly [Member in keyof LimitRule]: LimitRule[Member] };

const limitGrammar = 'requests=RATE, tokens=RATE, concurrent=N, burst=N and shadow=true, joined by commas';

/** How a part comes into the rule; gives what was expected where it is none. */
const readers: Readonly<Record<string, (draft: Draft, text: string) => string | null>> = {
  requests(draft, text) {
    draft.requests = rateFrom(text);
    return draft.requests === null ? rateExpectation : null;
  },
  tokens(draft, text) {
    draft.tokens = rateFrom(text);
    return draft.tokens === null ? rateExpectation : null;
  },
  concurrent(draft, text) {
    draft.concurrent = wholeFrom(text);
    return draft.concurrent === null ? 'a whole number of at least 1' : null;
  },
  burst(draft, text) {
    draft.burst = wholeFrom(text);
    return draft.burst === null ? 'a whole number of at least 1' : null;
  },
  shadow(draft, text) {
    draft.shadow = text === 'true';
    return draft.shadow ? null : 'true, or nothing of it';
  },
};

/**
 * Reads the limit of an access key, such as `requests=100/s,burst=200,concurrent=5,tokens=400000/min`.
 * @param key the name that its rule is to carry
 */
export function limitsFrom(text: string, key: string): readonly LimitRule[] | { readonly problem: string } {
  const draft: Draft = { name: `key ${key}`, per: 'key', match: null, ...unlimited };
  const seen = new Set<string>();
  for (const { name, value } of partsOf(text)) {
    const read = Object.hasOwn(readers, name) ? readers[name] : undefined;
    if (!read || seen.has(name)) return { problem: `limits: expected ${limitGrammar}, each once; got ${text}` };
    seen.add(name);
    const expected = read(draft, value);
    if (expected !== null) return { problem: `limits: ${name}: expected ${expected}; got ${value || 'nothing'}` };
  }
  const { requests, tokens, concurrent, burst } = draft;
  if (requests === null && tokens === null) {
    if (concurrent === null) return { problem: 'limits: expected at least one of requests, tokens and concurrent' };
    if (burst !== null) return { problem: 'limits: burst: expected requests or tokens beside it' };
  }
  return [draft];
}

const unlimited = { requests: null, tokens: null, concurrent: null, burst: null, shadow: false };

function wholeFrom(text: string): number | null {
  return /^[1-9]\d{0,11}$/.test(text) ? Number(text) : null;
}
