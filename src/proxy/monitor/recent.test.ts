import { describe, expect, it } from 'vitest';
import { createRecent } from './recent.ts';

describe('recent requests', () => {
  it('come newest first, and no more than asked for', () => {
    const recent = createRecent();
    for (const json of ['1', '2', '3']) recent.add(json);
    expect(recent.newest(2)).toEqual(['3', '2']);
    expect(recent.newest(10)).toEqual(['3', '2', '1']);
  });

  it('are 500 at most', () => {
    const recent = createRecent();
    for (let n = 0; n < 600; n++) recent.add(String(n));
    expect(recent.newest(1000)).toHaveLength(500);
    expect(recent.newest(1000).at(-1)).toBe('100');
  });

  it('are fewer when they are large', () => {
    const recent = createRecent();
    for (let n = 0; n < 10; n++) recent.add('x'.repeat(512 * 1024));
    expect(recent.newest(1000)).toHaveLength(4);
  });
});
