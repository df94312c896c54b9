import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fakeClock } from '../../../test/support/fake-clock.ts';
import { Batches } from './batches.ts';
import { formatLine, openLine, sealLine } from './line.ts';

const firstBytes = 64 * 1024;
const maxBatchBytes = 256 * 1024;

interface Step {
  readonly letter: string;
  readonly length: number;
  readonly sealed: boolean;
  /** Whether all that was added so far is written before the next line comes. */
  readonly written: boolean;
}

/** The second half of a pair may come first: a line can hold what is no whole character. */
const step: fc.Arbitrary<Step> = fc.record({
  letter: fc.constantFrom('a', 'ü', '€', '😀', '\ude00'),
  length: fc.oneof({ weight: 3, arbitrary: fc.nat(200) }, { weight: 1, arbitrary: fc.nat(60_000) }),
  sealed: fc.boolean(),
  written: fc.boolean(),
});

/** All that waits, batch by batch; their memory is free for the next ones afterwards. */
function writeAll(batches: Batches): Buffer[] {
  const written: Buffer[] = [];
  for (let batch = batches.take(); batch; batch = batches.take()) {
    written.push(Buffer.from(batch.bytes.subarray(0, batch.length)));
    batches.done(batch);
  }
  return written;
}

function add(batches: Batches, seq: number, { letter, length, sealed }: Step): string {
  const members = `"id":"${letter.repeat(length)}"`;
  if (sealed) batches.add(openLine(seq, 'end', members), sealLine);
  else batches.add(formatLine(seq, 'end', members), null);
  return formatLine(seq, 'end', members);
}

describe('batches of lines', () => {
  it('hold the bytes of what was added, in order, whatever its characters and however far they grew', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const batches = new Batches(fakeClock());
        const written: Buffer[] = [];
        const expected: string[] = [];
        for (const [seq, step] of steps.entries()) {
          expected.push(add(batches, seq, step));
          if (step.written) written.push(...writeAll(batches));
        }
        written.push(...writeAll(batches));
        expect(Buffer.concat(written).equals(Buffer.from(expected.join('')))).toBe(true);
        expect(batches.isEmpty).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it.each(['a', 'ü', '€', '😀'])('keep a line whole that ends anywhere near the end of their memory: %s', (letter) => {
    const letterBytes = Buffer.byteLength(letter);
    for (let short = 0; short < 150; short++) {
      const batches = new Batches(fakeClock());
      const filling = 'x'.repeat(firstBytes / 2 - short);
      const members = `"id":"${letter.repeat(Math.floor(firstBytes / 2 / letterBytes))}"`;
      batches.add(filling, null);
      batches.add(openLine(0, 'end', members), sealLine);
      expect(Buffer.concat(writeAll(batches)).equals(Buffer.from(filling + formatLine(0, 'end', members)))).toBe(true);
    }
  });

  it('have room for a seal behind a line that fills their memory', () => {
    for (let room = 0; room < 150; room++) {
      const batches = new Batches(fakeClock());
      const line = '€'.repeat(Math.floor((firstBytes - room) / 3));
      batches.add(line, sealLine);
      const [written] = writeAll(batches);
      expect(written!.subarray(0, line.length * 3).equals(Buffer.from(line))).toBe(true);
      expect(written!.toString('latin1', line.length * 3)).toMatch(/^,"crc":"[0-9a-f]{8}"\}\n$/);
    }
  });

  it('are full at 256 KiB: what comes then is for the next write', () => {
    const batches = new Batches(fakeClock());
    for (let line = 0; line < 9; line++) batches.add(`${'€'.repeat(20_000)}\n`, null);
    expect(writeAll(batches).map((bytes) => bytes.length)).toEqual([5 * 60_001, 4 * 60_001]);
    expect(5 * 60_001).toBeLessThan(maxBatchBytes + 60_001);
  });

  it('are kept as they are when they could not be written, and grow on', () => {
    const batches = new Batches(fakeClock());
    batches.add('ä\n', null);
    batches.giveBack(batches.take()!);
    batches.add(`${'€'.repeat(firstBytes)}\n`, null);
    const batch = batches.take()!;
    expect(batch.lines).toBe(2);
    expect(batch.bytes.toString('utf8', 0, batch.length)).toBe(`ä\n${'€'.repeat(firstBytes)}\n`);
  });
});
