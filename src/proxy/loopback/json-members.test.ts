import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonMembers, recordsIn } from './json-members.ts';

describe('the members of a JSON object', () => {
  it('are what JSON.parse finds, however the object is written', () => {
    const anyObject = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }), { maxKeys: 6 });
    fc.assert(
      fc.property(anyObject, fc.constantFrom('', ' ', '\t', '\r\n  '), (object, indent) => {
        const json = JSON.stringify(object, null, indent);
        const members = jsonMembers(Buffer.from(json));
        const parsed = JSON.parse(json) as Record<string, unknown>;
        const found = Object.keys(parsed).map((key) => members.get(key));
        expect(found).toEqual(Object.values(parsed));
      }),
    );
  });

  it('are found behind escapes and look-alikes', () => {
    const json = String.raw`{"text":"\"model\":\"no\" \\","inner":{"model":"no"},"list":["}",{"model":1}],"mod\u0065l":"yes"}`;
    expect(jsonMembers(Buffer.from(json)).get('model')).toBe('yes');
  });

  it('count from the last of a repeated key', () => {
    expect(jsonMembers(Buffer.from('{"a":1,"a":2}')).get('a')).toBe(2);
  });

  it.each([
    '',
    '[]',
    '"a"',
    '{',
    '{"a"',
    '{"a":',
    '{"a":1',
    '{"a":[1}',
    '{"a":"b',
    '{a:1}',
    '{"a":1 "b":2}',
    '{"a" 1}',
  ])('are refused where there is no object: %s', (json) => {
    expect(() => jsonMembers(Buffer.from(json)).get('a')).toThrow(/the body/);
  });
});

it('takes the objects out of a list and nothing out of anything else', () => {
  expect(recordsIn([{ a: 1 }, 2, null, 'x'])).toEqual([{ a: 1 }]);
  expect([recordsIn(undefined), recordsIn({ a: 1 })]).toEqual([[], []]);
});
