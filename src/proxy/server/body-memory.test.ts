import { describe, expect, it } from 'vitest';
import { BodyMemory } from './body-memory.ts';

const chunks = (...sizes: number[]): Buffer[] => sizes.map((size, index) => Buffer.alloc(size, index + 1));
const join = (memory: BodyMemory, ...sizes: number[]) =>
  memory.join(
    chunks(...sizes),
    sizes.reduce((sum, size) => sum + size),
  );

describe('the memory of large bodies', () => {
  it('puts chunks together, whatever their size', () => {
    const memory = new BodyMemory();
    for (const sizes of [[10], [10, 20], [65_536, 65_536, 7], [524_288, 524_288], [3_000_000, 2_000_000]]) {
      expect(join(memory, ...sizes).bytes.equals(Buffer.concat(chunks(...sizes)))).toBe(true);
    }
  });

  it('goes to the next body once nobody holds it', () => {
    const memory = new BodyMemory();
    const first = join(memory, 65_536, 1);
    first.memory?.hold();
    first.memory?.release();
    expect(join(memory, 65_536, 2).bytes.byteOffset).not.toBe(first.bytes.byteOffset);
    first.memory?.release();
    const next = join(memory, 65_536, 3);
    expect(next.bytes.byteOffset).toBe(first.bytes.byteOffset);
    expect(next.bytes.equals(Buffer.concat(chunks(65_536, 3)))).toBe(true);
  });

  it('is given back once, also where somebody comes when all have let go', () => {
    const memory = new BodyMemory();
    const first = join(memory, 65_536, 1);
    first.memory?.release();
    first.memory?.hold();
    first.memory?.release();
    first.memory?.release();
    const places = [2, 3, 4].map((size) => join(memory, 65_536, size).bytes.byteOffset);
    expect(new Set(places).size).toBe(3);
  });

  it('is never shared, and bodies that find no room have their own', () => {
    const memory = new BodyMemory();
    const bodies = Array.from({ length: 40 }, (_, index) => join(memory, 200_000, index + 1));
    for (const [index, { bytes }] of bodies.entries()) {
      expect(bytes.equals(Buffer.concat(chunks(200_000, index + 1)))).toBe(true);
    }
    expect(bodies.filter((body) => body.memory).length).toBe(16);
    for (const body of bodies) body.memory?.release();
    expect(Array.from({ length: 40 }, () => join(memory, 200_000, 1)).filter((body) => body.memory).length).toBe(16);
  });

  it('steps over the JSON in it, and over nothing behind it', () => {
    const memory = new BodyMemory();
    const text = Buffer.from(`{"a":[${'"x",'.repeat(20_000)}"y"],"b":[1`);
    const { memory: held } = memory.join([text.subarray(0, 50), text.subarray(50)], text.length);
    expect(held?.skipNested(5)).toBe(text.length - ',"b":[1'.length);
    expect(held?.skipNested(text.length - 2)).toBe(0);
    expect(held?.skipNested(0)).toBe(0);
  });
});
