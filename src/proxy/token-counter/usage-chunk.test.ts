import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withoutUsageChunk } from './usage-chunk.ts';

const choice = (finish: string | null, content = 'a') => ({
  choices: [{ index: 0, delta: { content }, finish_reason: finish }],
});
const usage = { prompt_tokens: 10, completion_tokens: 5, prompt_tokens_details: { cached_tokens: 0 } };
const usageChunk = { id: 'chatcmpl-1', choices: [], usage };

const event = (data: object | string, end = '\n'): string =>
  `data: ${typeof data === 'string' ? data : JSON.stringify(data)}${end}${end}`;

function pushed(pieces: readonly Buffer[]): string {
  const transform = withoutUsageChunk();
  const out: Buffer[] = [];
  for (const piece of pieces) out.push(transform.push(piece) ?? Buffer.alloc(0));
  out.push(transform.flush() ?? Buffer.alloc(0));
  return Buffer.concat(out).toString('latin1');
}

function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const sorted = [...new Set([0, ...places.map((place) => place % (bytes.length + 1)), bytes.length])].sort(
    (a, b) => a - b,
  );
  return sorted.slice(1).map((end, index) => bytes.subarray(sorted[index], end));
}

const before = fc.array(
  fc.oneof(
    fc.string({ unit: 'binary' }).map((text) => choice(null, text)),
    fc.constantFrom(
      choice(null, '"finish_reason":"stop","usage":{}'),
      { choices: [], usage: null },
      { choices: [], moderation: {} },
    ),
  ),
  { maxLength: 6 },
);
const after = fc.array(
  fc.oneof(
    fc.constantFrom(
      choice('stop'),
      choice(null, 'more'),
      { choices: [], moderation: {} },
      { choices: [], usage: null },
      ': a comment',
    ),
    fc.constantFrom('{"choices":[],"usage":{', '[]', 'null', '7'),
  ),
  { maxLength: 4 },
);

describe('withoutUsageChunk', () => {
  it('takes out exactly the bytes of the usage chunk, however the stream is cut', () => {
    fc.assert(
      fc.property(
        fc.record({ before, after, end: fc.constantFrom('\n', '\r\n') }),
        fc.array(fc.nat(), { maxLength: 12 }),
        ({ end, ...events }, places) => {
          const first = [...events.before, choice('stop'), ...events.after].map((data) => event(data, end)).join('');
          const last = event('[DONE]', end) + event(usageChunk, end);
          const stream = Buffer.from(first + event(usageChunk, end) + last);
          expect(pushed(cut(stream, places))).toBe(Buffer.from(first + last).toString('latin1'));
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('does the same byte by byte', () => {
    for (const end of ['\n', '\r\n']) {
      const first = event(choice(null, 'Grüße €'), end) + event({ choices: [{ finish_reason: 'length' }] }, end);
      const stream = Buffer.from(first + event(usageChunk, end) + event('[DONE]', end));
      const bytes = Array.from(stream, (byte) => Buffer.from([byte]));
      expect(pushed(bytes)).toBe(Buffer.from(first + event('[DONE]', end)).toString('latin1'));
    }
  });

  it('leaves a stream without a usage chunk as it is, however it is cut', () => {
    fc.assert(
      fc.property(fc.tuple(before, after), fc.array(fc.nat(), { maxLength: 8 }), ([events, more], places) => {
        const text = [...events, choice('stop', 'x'), ...more, '[DONE]'].map((data) => event(data)).join('');
        const stream = Buffer.from(text.slice(0, -1));
        expect(pushed(cut(stream, places))).toBe(stream.toString('latin1'));
      }),
    );
  });

  it('holds nothing back before a choice has finished', () => {
    const transform = withoutUsageChunk();
    const half = Buffer.from('data: {"choices":[{"delta":{"content":"a"},"finish_reason":null}],"usa');
    expect(transform.push(half)).toBe(half);
    const rest = Buffer.from('ge":null}\n\ndata: {"cho');
    expect(transform.push(rest)).toBe(rest);
  });

  it('passes the event with the finish at once, and holds only what may be the usage chunk', () => {
    const transform = withoutUsageChunk();
    const finish = event(choice('stop'));
    expect(transform.push(Buffer.from(`${finish}data: {"choices":[],"us`))?.toString()).toBe(finish);
    expect(transform.push(Buffer.from('age":{"prompt_tokens":1}}\n'))).toBeNull();
    expect(transform.push(Buffer.from('\ndata: [DO'))?.toString()).toBe('data: [DO');
  });

  it('recognises a finish that is spaced out, or cut in two', () => {
    const spaced = 'data: {"choices": [{"finish_reason": "stop"}]}\n\n';
    const chunk = 'data: {"choices": [], "usage": {"prompt_tokens": 1}}\n\n';
    for (let at = 1; at < spaced.length; at++) {
      expect(pushed([Buffer.from(spaced.slice(0, at)), Buffer.from(spaced.slice(at) + chunk)])).toBe(spaced);
    }
  });

  it('takes out a usage chunk that its stream ended on without a blank line', () => {
    const finish = event(choice('stop'));
    expect(pushed([Buffer.from(finish + event(usageChunk).trimEnd())])).toBe(finish);
  });

  it('gives back what it held of a stream that was cut', () => {
    const stream = `${event(choice('stop'))}data: {"choices":[],"usage":{"prom`;
    expect(pushed([Buffer.from(stream)])).toBe(stream);
  });

  it('keeps a usage that comes with choices', () => {
    const stream = event(choice('stop')) + event({ ...choice('stop'), usage }) + event('[DONE]');
    expect(pushed([Buffer.from(stream)])).toBe(stream);
  });

  it('lets an event go that is too long to hold, and still finds the usage chunk behind it', () => {
    const long = event(choice(null, 'x'.repeat(100_000)));
    const transform = withoutUsageChunk();
    transform.push(Buffer.from(event(choice('stop'))));
    const parts = cut(Buffer.from(long), [30_000, 60_000, 90_000]).map((part) => transform.push(part)?.length ?? 0);
    expect(parts).toEqual([0, 0, 90_000, long.length - 90_000]);
    expect(transform.push(Buffer.from(event(usageChunk)))).toBeNull();
  });
});
