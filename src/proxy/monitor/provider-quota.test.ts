import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quotaIn } from './provider-quota.ts';

const now = Date.UTC(2026, 10, 22, 12);
const read = (headers: Readonly<Record<string, string>>) => quotaIn(Object.entries(headers).flat(), now);
const later = (ms: number): string => new Date(now + ms).toISOString();

describe("a provider's own limits", () => {
  it('are read from the headers of an Anthropic plan', () => {
    expect(
      read({
        'anthropic-ratelimit-unified-status': 'allowed',
        'anthropic-ratelimit-unified-reset': String(now / 1000 + 60),
        'Anthropic-Ratelimit-Unified-5h-Utilization': '0.42',
        'anthropic-ratelimit-unified-5h-reset': String(now / 1000 + 3600),
        'anthropic-ratelimit-unified-7d-utilization': '1.03',
        'anthropic-ratelimit-unified-7d-reset': later(86_400_000),
        'anthropic-ratelimit-unified-overage-utilization': '0',
      }),
    ).toEqual([
      { name: '5h', used: 0.42, limit: null, remaining: null, resets: later(3_600_000) },
      { name: '7d', used: 1, limit: null, remaining: null, resets: later(86_400_000) },
      { name: 'overage', used: 0, limit: null, remaining: null, resets: null },
    ]);
  });

  it('are read from the headers of an Anthropic key', () => {
    expect(
      read({
        'anthropic-ratelimit-requests-limit': '50',
        'anthropic-ratelimit-requests-remaining': '49',
        'anthropic-ratelimit-requests-reset': '2026-11-22T12:00:01Z',
        'anthropic-ratelimit-input-tokens-limit': '400000',
        'anthropic-ratelimit-input-tokens-remaining': '100000',
      }),
    ).toEqual([
      { name: 'requests', used: 1 - 49 / 50, limit: 50, remaining: 49, resets: later(1000) },
      { name: 'input-tokens', used: 0.75, limit: 400_000, remaining: 100_000, resets: null },
    ]);
  });

  it.each([
    ['1m30s', 90_000],
    ['250ms', 250],
    ['7.66s', 7660],
    ['6m0s', 360_000],
    ['2h0m5s', 7_205_000],
    ['1d2h', 93_600_000],
    ['0s', 0],
  ])('are read from the headers of OpenAI, which say %s for the time until they reset', (span, ms) => {
    expect(
      read({
        'x-ratelimit-limit-tokens': '1000',
        'x-ratelimit-remaining-tokens': '0',
        'x-ratelimit-reset-tokens': span,
      }),
    ).toEqual([{ name: 'tokens', used: 1, limit: 1000, remaining: 0, resets: later(ms) }]);
  });

  it.each(['-1', 'NaN', '1e9', '99999999999999999', '0x10', '', '1'.repeat(10_000), '1.5', 'Infinity', '٣'])(
    'are not what is no number: %s',
    (value) => {
      expect(read({ 'x-ratelimit-limit-requests': value, 'x-ratelimit-remaining-requests': '7' })).toEqual([
        { name: 'requests', used: null, limit: null, remaining: 7, resets: null },
      ]);
      expect(read({ 'anthropic-ratelimit-unified-5h-utilization': `-${value}` })).toEqual([]);
    },
  );

  it.each([
    '99999999999',
    '9'.repeat(10_000),
    '-5s',
    'tomorrow',
    '999999999h',
    '9999-12-31T00:00:00Z',
    '2026-99-99T00:00:00Z',
    's',
    '',
  ])('do not reset at what is no time: %s', (value) => {
    expect(read({ 'x-ratelimit-limit-requests': '5', 'x-ratelimit-reset-requests': value })).toMatchObject([
      { limit: 5, resets: null },
    ]);
  });

  it('are 8 at most, of which each is what can be drawn, whatever a provider sends', () => {
    const part = fc.constantFrom('limit', 'remaining', 'reset', 'requests', '5h', 'utilization', '__proto__', 'a-b');
    const header = fc.tuple(
      fc.constantFrom('x-ratelimit', 'anthropic-ratelimit-unified', 'anthropic-ratelimit'),
      part,
      part,
    );
    const value = fc.oneof(fc.string(), fc.double().map(String), fc.integer().map(String));
    const headers = fc.array(
      fc.tuple(
        header.map((parts) => parts.join('-')),
        value,
      ),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(headers, (pairs) => {
        const quota = quotaIn([...pairs.flat(), 'x-odd'], now);
        expect(quota.length).toBeLessThanOrEqual(8);
        for (const { used, limit, remaining, resets } of quota) {
          expect(used === null || (used >= 0 && used <= 1)).toBe(true);
          expect(limit === null || Number.isSafeInteger(limit)).toBe(true);
          expect(remaining === null || Number.isSafeInteger(remaining)).toBe(true);
          expect(resets === null || !Number.isNaN(Date.parse(resets))).toBe(true);
        }
      }),
    );
    const many = Array.from({ length: 50 }, (_, n) => [`x-ratelimit-limit-a${n}`, '5']).flat();
    expect(quotaIn(many, now)).toHaveLength(8);
  });
});
