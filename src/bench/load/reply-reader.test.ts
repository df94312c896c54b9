import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wholeReply } from '../replies.ts';
import { createReplyReader } from './reply-reader.ts';

interface Seen {
  status: number;
  bodyBytes: number;
}

/** Gives the bytes in pieces that end at the cuts, and returns the replies that were found. */
function read(bytes: Buffer, cuts: readonly number[]): Seen[] {
  const seen: Seen[] = [];
  const push = createReplyReader({ end: (status, bodyBytes) => void seen.push({ status, bodyBytes }) });
  let from = 0;
  for (const cut of [...new Set(cuts), bytes.length].sort((a, b) => a - b)) {
    push(bytes.subarray(from, cut));
    from = cut;
  }
  return seen;
}

const counted = Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello');
const empty = Buffer.from('HTTP/1.1 429 Too Many\r\ncontent-length: 0\r\n\r\n');
const chunked = Buffer.from(
  'HTTP/1.1 500 No\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\nA\r\n\r\n34567890\r\n0\r\nTrailer: t\r\n\r\n',
);
const all = Buffer.concat([counted, chunked, empty, counted]);
const expected = [
  { status: 200, bodyBytes: 5 },
  { status: 500, bodyBytes: 15 },
  { status: 429, bodyBytes: 0 },
  { status: 200, bodyBytes: 5 },
];

describe('the reply reader', () => {
  it('finds the same replies however their bytes are cut', () => {
    const cuts = fc.array(fc.integer({ min: 1, max: all.length - 1 }), { maxLength: 20 });
    fc.assert(
      fc.property(cuts, (at) => {
        expect(read(all, at)).toEqual(expected);
      }),
    );
  });

  it('finds them byte by byte', () => {
    expect(read(all, [...all.keys()].slice(1))).toEqual(expected);
  });

  it("tells of a body's bytes before its end", () => {
    const told: string[] = [];
    createReplyReader({ body: () => void told.push('body'), end: () => void told.push('end') })(counted);
    expect(told).toEqual(['body', 'end']);
  });

  it('reads a stream of the mock to its end', () => {
    expect(read(wholeReply('stream'), [100, 1000])).toHaveLength(1);
  });

  it('throws at a reply without a length', () => {
    expect(() => read(Buffer.from('HTTP/1.1 200 OK\r\n\r\n'), [])).toThrow('without a length');
  });

  it('throws at a chunk without a size', () => {
    const bytes = Buffer.from('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n');
    expect(() => read(bytes, [])).toThrow('without a size');
  });
});
