import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonArrayDecoder } from './json-array-decoder.ts';

function decode(text: string, cuts: readonly number[]): { elements: unknown[]; midArray: boolean } {
  const bytes = Buffer.from(text);
  const elements: unknown[] = [];
  const decoder = jsonArrayDecoder((event) => elements.push(event.json()));
  const edges = [0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
  edges.slice(1).forEach((edge, index) => decoder.push(bytes.subarray(edges[index], edge)));
  return { elements, midArray: decoder.midEvent() };
}

describe('the decoder of a JSON array in pieces', () => {
  it('gives each object or array in it, however the bytes are cut', () => {
    const element = fc.dictionary(fc.string(), fc.jsonValue());
    fc.assert(
      fc.property(fc.array(element), fc.nat(2), fc.array(fc.nat(), { maxLength: 30 }), (elements, indent, cuts) => {
        const text = JSON.stringify(elements, null, indent);
        expect(decode(text, cuts)).toEqual({ elements: JSON.parse(text), midArray: false });
      }),
    );
  });

  it('knows an array that was not closed', () => {
    expect(decode('[{"a":1},', [])).toEqual({ elements: [{ a: 1 }], midArray: true });
  });

  it('gives up on an element that is larger than its limit', () => {
    const decoder = jsonArrayDecoder(() => undefined, 10);
    decoder.push(Buffer.from('[{"a":"long enough"}]'));
    expect(decoder.lost()).toBe('too large');
  });
});
