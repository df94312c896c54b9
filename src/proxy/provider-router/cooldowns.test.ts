import { describe, expect, it } from 'vitest';
import { Cooldowns } from './cooldowns.ts';

const wallMs = Date.UTC(2026, 10, 26, 12);
const of = { provider: 'openai', keyIndex: 0, model: 'gpt' };

describe('a cooldown', () => {
  it('is of one key and one model, and ends by itself', () => {
    const cooldowns = new Cooldowns();
    cooldowns.start(of, ['7'], { now: 1000, wallMs });
    expect(cooldowns.remainingMs(of, 1000)).toBe(7000);
    expect(cooldowns.remainingMs({ ...of, keyIndex: 1 }, 1000)).toBe(0);
    expect(cooldowns.remainingMs({ ...of, model: 'other' }, 1000)).toBe(0);
    expect(cooldowns.remainingMs(of, 8000)).toBe(0);
  });

  it('takes no more than an hour, and none where the provider names no time', () => {
    const cooldowns = new Cooldowns();
    cooldowns.start(of, ['86400'], { now: 0, wallMs });
    expect(cooldowns.remainingMs(of, 0)).toBe(3_600_000);
    cooldowns.start({ ...of, keyIndex: 1 }, [], { now: 0, wallMs });
    expect(cooldowns.remainingMs({ ...of, keyIndex: 1 }, 0)).toBe(0);
  });

  it.each([
    [['1', '9'], 9000],
    [['soon', '2'], 2000],
    [['1000000000'], 3_600_000],
  ])('takes the longest of the times %j', (retryAfter, ms) => {
    const cooldowns = new Cooldowns();
    cooldowns.start(of, retryAfter, { now: 0, wallMs });
    expect(cooldowns.remainingMs(of, 0)).toBe(ms);
  });

  it('keeps no more of them than it has room for, whatever models are named', () => {
    const cooldowns = new Cooldowns();
    for (let index = 0; index < 10_000; index++) {
      cooldowns.start({ ...of, model: `m-${index}` }, ['60'], { now: 0, wallMs });
    }
    expect(cooldowns.remainingMs({ ...of, model: 'm-0' }, 0)).toBe(0);
    expect(cooldowns.remainingMs({ ...of, model: 'm-9999' }, 0)).toBe(60_000);
  });
});
