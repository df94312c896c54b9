import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findMembers, valueAt } from './json-members.ts';

const keys = ['model', 'usage', 'service_tier'];

function values(text: string): unknown[] | null {
  return findMembers(text, keys)?.map((span) => valueAt(text, span)) ?? null;
}

function parsed(text: string): unknown[] {
  const object = JSON.parse(text) as Record<string, unknown>;
  return keys.map((key) => object[key]);
}

const interestingKey = fc.constantFrom(...keys, 'content', 'a"b', '\\', 'usage\\', '{', '');
const value = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.string({ unit: 'binary' }),
    fc.constantFrom('"usage":{"input_tokens":1}', '\\"', '}', 'x'.repeat(100), '\\'.repeat(60)),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(interestingKey, tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
})).value;
const document = fc
  .tuple(fc.dictionary(interestingKey, value, { noNullPrototype: true }), fc.constantFrom(undefined, 1, 4))
  .map(([object, indent]) => JSON.stringify(object, null, indent));

describe('findMembers', () => {
  it('agrees with JSON.parse on any object', () => {
    fc.assert(
      fc.property(document, (text) => {
        expect(values(text)).toEqual(parsed(text));
        expect(values(` \r\n${text}\t`)).toEqual(parsed(text));
      }),
      { numRuns: 500 },
    );
  });

  it('gives null for every beginning of an object that is not the whole', () => {
    fc.assert(
      fc.property(document, fc.nat(), (text, cut) => {
        expect(values(text.slice(0, cut % text.length))).toBeNull();
      }),
      { numRuns: 500 },
    );
  });

  it('never throws, and never disagrees with JSON.parse, on text with characters changed', () => {
    fc.assert(
      fc.property(document, fc.nat(), fc.constantFrom('"', '\\', '{', '}', '[', ',', ':', 'x'), (text, at, mark) => {
        const broken = text.slice(0, at % text.length) + mark + text.slice((at % text.length) + 1);
        const found = values(broken);
        let expected: unknown[];
        try {
          expected = parsed(broken);
        } catch {
          return;
        }
        expect(found).toEqual(expected);
      }),
      { numRuns: 1000 },
    );
  });

  it('takes only own members, whatever nested objects, strings and arrays hold', () => {
    const text = JSON.stringify({
      content: [{ type: 'tool_use', input: { usage: { input_tokens: 9 }, model: 'nested' } }],
      text: '"usage":{"input_tokens":8}',
      usage: { input_tokens: 1 },
    });
    expect(values(text)).toEqual([undefined, { input_tokens: 1 }, undefined]);
  });

  it('takes the last of a key that stands twice, and a key that is spelt with escapes', () => {
    expect(values('{"model":"a","model":"b"}')).toEqual(['b', undefined, undefined]);
    expect(values('{"us\\u0061ge":7}')).toEqual([undefined, 7, undefined]);
  });

  it.each(['', ' ', '[]', '"usage"', '{"model"}', '{"model":}', '{"model":1,}', '{"model":1}x', '{model:1}', 'null'])(
    'gives null for %j',
    (text) => {
      expect(findMembers(text, keys)).toBeNull();
    },
  );

  it('finds a member behind a string of a megabyte of escaped quotes', () => {
    const text = JSON.stringify({ content: '"\\'.repeat(500_000), model: 'm' });
    expect(values(text)).toEqual(['m', undefined, undefined]);
  });
});

describe('valueAt', () => {
  it('gives undefined for what is not JSON', () => {
    const text = '{"model":tru}';
    expect(valueAt(text, findMembers(text, keys)?.[0])).toBeUndefined();
  });
});
