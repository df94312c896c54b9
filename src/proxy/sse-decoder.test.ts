import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sseDecoder } from './sse-decoder.ts';

function decode(bytes: Buffer, cuts: readonly number[] = []): { name: string; data: string }[] {
  const events: { name: string; data: string }[] = [];
  const decoder = sseDecoder(({ name, data }) => events.push({ name, data }));
  const edges = [0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
  edges.slice(1).forEach((edge, index) => decoder.push(bytes.subarray(edges[index], edge)));
  return events;
}

describe('the decoder of server-sent events', () => {
  it('reads names, joined data lines, and data without a space behind its colon', () => {
    const text = 'event: a\ndata: 1\n\ndata:2\ndata: 3\n\n: comment\nid: 7\nretry: 1\n\n';
    expect(decode(Buffer.from(text))).toEqual([
      { name: 'a', data: '1' },
      { name: '', data: '2\n3' },
    ]);
  });

  it.each(['\n', '\r\n', '\r'])('takes %j as the end of a line', (end) => {
    const text = ['event: a', 'data: {"x":1}', '', 'data: b', '', ''].join(end);
    expect(decode(Buffer.from(text))).toEqual([
      { name: 'a', data: '{"x":1}' },
      { name: '', data: 'b' },
    ]);
  });

  it('skips a byte order mark', () => {
    expect(decode(Buffer.from('\uFEFFdata: a\n\n'))).toEqual([{ name: '', data: 'a' }]);
  });

  it('gives no event whose closing blank line is missing, and says that it is in the middle of one', () => {
    const events: string[] = [];
    const decoder = sseDecoder(({ data }) => events.push(data));
    decoder.push(Buffer.from('data: a\n\ndata: b\n'));
    expect(events).toEqual(['a']);
    expect(decoder.midEvent()).toBe(true);
  });

  it('notices what is no event at all', () => {
    const decoder = sseDecoder(() => undefined);
    decoder.push(Buffer.from('data: a\n\n{"error":{"code":503}}\n'));
    expect(decoder.lost()).toBe('not events');
  });

  it('gives up on an event that is larger than its limit, in one line or in many', () => {
    for (const piece of ['x'.repeat(50), 'data: xxxxxxxxxx\n']) {
      const decoder = sseDecoder(() => undefined, 100);
      for (let index = 0; index < 20; index++) decoder.push(Buffer.from(piece));
      expect(decoder.lost()).toBe('too large');
    }
  });

  it('reads the same events however the bytes are cut', () => {
    const line = fc.stringMatching(/^[ -9;-~äö€😀]{0,12}$/u);
    const event = fc.record({
      name: line.filter((text) => text !== ''),
      data: fc.array(line, { minLength: 1, maxLength: 3 }),
    });
    const end = fc.constantFrom('\n', '\r\n', '\r');
    fc.assert(
      fc.property(
        fc.array(event, { maxLength: 5 }),
        end,
        fc.array(fc.nat(), { maxLength: 40 }),
        (events, eol, cuts) => {
          const text = events.map(({ name, data }) =>
            [`event: ${name}`, ...data.map((part) => `data: ${part}`), '', ''].join(eol),
          );
          const expected = events.map(({ name, data }) => ({ name, data: data.join('\n') }));
          expect(decode(Buffer.from(text.join('')), cuts)).toEqual(expected);
        },
      ),
    );
  });
});
