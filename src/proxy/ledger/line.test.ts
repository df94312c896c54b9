import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatLine, openLine, readLine, sealLine } from './line.ts';

const line = formatLine(7, 'end', '"saved":"12","request":{"model":"clé"}');
const bytes = Buffer.from(line.slice(0, -1));

describe('a line of the ledger', () => {
  it('is read back as it was written', () => {
    fc.assert(
      fc.property(fc.nat(), fc.string({ unit: 'binary', maxLength: 40 }), (seq, text) => {
        const written = formatLine(seq, 'start', `"id":${JSON.stringify(text)}`);
        expect(written.indexOf('\n')).toBe(written.length - 1);
        expect(readLine(Buffer.from(written.slice(0, -1)))).toMatchObject({
          seq,
          type: 'start',
          members: { id: text },
        });
      }),
    );
  });

  it('is the same when it is sealed in a buffer, wherever it stands there', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'ü', '€', '😀', '\ud83d', '\ude00'), maxLength: 40 });
    fc.assert(
      fc.property(fc.nat(), text, fc.nat({ max: 100 }), (seq, name, start) => {
        const members = `"id":"${name}"`;
        const room = Buffer.alloc(1024, 'x');
        const end = start + room.write(openLine(seq, 'end', members), start);
        const sealed = sealLine(room, start, end);
        const expected = Buffer.from(formatLine(seq, 'end', members));
        expect(room.subarray(start, sealed)).toEqual(expected);
        expect(room.toString('latin1', 0, start) + room.toString('latin1', sealed)).toMatch(/^x+$/);
      }),
    );
  });

  it('is refused when it is cut at any byte', () => {
    for (let length = 0; length < bytes.length; length++) expect(readLine(bytes.subarray(0, length))).toBeNull();
  });

  it('is refused when any one byte of it is another', () => {
    for (let at = 0; at < bytes.length; at++) {
      for (let flip = 1; flip < 256; flip++) {
        const damaged = Buffer.from(bytes);
        damaged[at]! ^= flip;
        expect(readLine(damaged)).toBeNull();
      }
    }
  });

  it('is refused when another line is glued to it', () => {
    expect(readLine(Buffer.concat([bytes.subarray(0, 20), bytes]))).toBeNull();
  });

  it('is read with a carriage return behind it', () => {
    expect(readLine(Buffer.concat([bytes, Buffer.from('\r')]))?.seq).toBe(7);
  });

  it('is refused when it is whole but of another format', () => {
    const newer = formatLine(1, 'end', '"v":2').slice(0, -1);
    expect(readLine(Buffer.from(newer))).toBeNull();
  });
});
