import { describe, expect, it } from 'vitest';
import { BodyMemory } from './body-memory.ts';

const chunks = (...sizes: number[]): Buffer[] => sizes.map((size, index) => Buffer.alloc(size, index + 1));

describe('the memory of large bodies', () => {
  it('puts chunks together', () => {
    const memory = new BodyMemory();
    for (const parts of [chunks(10), chunks(10, 20), chunks(65_536, 65_536, 7), chunks(3_000_000, 2_000_000)]) {
      const length = parts.reduce((sum, part) => sum + part.length, 0);
      expect(memory.join(parts, length).bytes.equals(Buffer.concat(parts))).toBe(true);
    }
  });

  it('goes to the next body once nobody holds it', () => {
    const memory = new BodyMemory();
    const first = memory.join(chunks(65_536, 1), 65_537);
    first.memory?.hold();
    first.memory?.release();
    const meanwhile = memory.join(chunks(65_536, 2), 65_538);
    expect(meanwhile.bytes.buffer).not.toBe(first.bytes.buffer);
    first.memory?.release();
    const next = memory.join(chunks(65_536, 3), 65_539);
    expect(next.bytes.buffer).toBe(first.bytes.buffer);
    expect(next.bytes.equals(Buffer.concat(chunks(65_536, 3)))).toBe(true);
  });

  it('is kept up to a limit', () => {
    const memory = new BodyMemory();
    const bodies = Array.from({ length: 4 }, () => memory.join(chunks(2_100_000, 2_000_000), 4_100_000));
    for (const body of bodies) body.memory?.release();
    const next = Array.from({ length: 4 }, () => memory.join(chunks(2_100_000, 2_000_000), 4_100_000));
    const before = new Set(bodies.map(({ bytes }) => bytes.buffer));
    expect(next.filter(({ bytes }) => before.has(bytes.buffer))).toHaveLength(2);
  });
});
