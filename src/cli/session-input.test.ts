import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { sessionFrom } from './session-input.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

describe('the session that asks for a status line', () => {
  it.each([
    ['{"session_id":"s-1","model":{"id":"x"}}\n', 's-1'],
    ['{"session_id":""}', null],
    ['{"session_id":7}', null],
    ['[]', null],
    ['null', null],
    ['not JSON', null],
    ['', null],
  ])('in %j is %j', async (text, session) => {
    const input = new PassThrough();
    input.end(text);
    expect(await sessionFrom(input, 1000)).toBe(session);
    expect(input.destroyed).toBe(true);
  });

  it('is known as soon as its object is whole, though the input stays open', async () => {
    const input = new PassThrough();
    const session = sessionFrom(input, 1000);
    for (const part of ['{"a":{"b":1}', ',"session_id":"', 's-é"}']) input.write(part);
    expect(await session).toBe('s-é');
  });

  it('is none when nothing comes in time, or far too much, or the input breaks', async () => {
    const silent = sessionFrom(new PassThrough(), 1000);
    vi.advanceTimersByTime(1000);
    expect(await silent).toBeNull();
    const flood = new PassThrough();
    const flooded = sessionFrom(flood, 1000);
    flood.write('x'.repeat(1_000_001));
    expect(await flooded).toBeNull();
    const broken = new PassThrough();
    const failed = sessionFrom(broken, 1000);
    broken.destroy(new Error('EIO'));
    expect(await failed).toBeNull();
  });
});
