import { describe, expect, it } from 'vitest';
import { queryKeys, withoutKeys, withoutSecretParameters } from './query-key.ts';
import { withoutSecrets } from './secret-name.ts';

describe("a query's key", () => {
  it.each([
    ['', [], ''],
    ['?', [], '?'],
    ['?beta=true', [], '?beta=true'],
    ['?key=a', ['a'], ''],
    ['?alt=sse&key=a', ['a'], '?alt=sse'],
    ['?key=a&alt=s%20e&x', ['a'], '?alt=s%20e&x'],
    ['?key=a&key=b', ['a', 'b'], ''],
    ['?k%65y=a&%6bey=b', ['a', 'b'], ''],
    ['?monkey=a&keys=b&key', [], '?monkey=a&keys=b&key'],
    ['?key=', [''], ''],
    ['?%zz=a', [], '?%zz=a'],
    ['?a=key=b', [], '?a=key=b'],
    ['?alt=sse&&key=a', ['a'], '?alt=sse&'],
  ])('in %j is %j, and without it stays %j', (query, keys, rest) => {
    expect(queryKeys(query)).toEqual(keys);
    expect(withoutKeys(query)).toBe(rest);
  });
});

describe('what goes to a provider that the client did not mean', () => {
  it.each([
    ['', ''],
    ['?alt=sse&key=a', '?alt=sse'],
    ['?access_token=a&api%5fkey=b', ''],
    ['?max_tokens=3&tokens=4&%zz=1', '?max_tokens=3&tokens=4&%zz=1'],
  ])('has of the query %j only %j', (query, rest) => expect(withoutSecretParameters(query)).toBe(rest));

  it('has no header that is called like a credential', () => {
    const secrets = ['Api-Key', 'X-Auth-Token', 'helicone-auth', 'cf-aig-authorization', 'X-Client-Secret', 'apikey'];
    const others = ['Idempotency-Key', 'anthropic-version', 'x-keyboard', 'x-max-tokens', 'authority'];
    const raw = (names: readonly string[]): string[] => names.flatMap((name) => [name, 'v']);
    expect(withoutSecrets(raw([...secrets, ...others]))).toEqual(raw(others));
  });
});
