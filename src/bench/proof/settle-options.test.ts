import { describe, expect, it } from 'vitest';
import { defaultProofOptions, type ProofOptions } from './proof-options.ts';
import { ProofError, settleOptions } from './settle-options.ts';

const settled = (options: Partial<ProofOptions>): ProofOptions => settleOptions({ ...defaultProofOptions, ...options });

describe('what a run is asked for', () => {
  it('is left as it is where nothing else follows', () => expect(settled({})).toEqual(defaultProofOptions));

  it('is as much as there can be where no rate is given', () => expect(settled({ perSecond: 0 }).mode).toBe('closed'));

  it('is five seconds once where it shall be quick', () => {
    expect(settled({ quick: true })).toMatchObject({ seconds: 5, runs: 1 });
    expect(settled({ quick: true, seconds: 2 }).seconds).toBe(2);
  });

  it('is 100 requests a second for 5 s under the profile of the first load suite', () => {
    const asked = { profile: 's0', perSecond: 7, seconds: 9, runs: 4, mode: 'closed' } as const;
    expect(settled(asked)).toMatchObject({ perSecond: 100, seconds: 5, runs: 1, mode: 'open' });
  });

  it.each([
    ['quick', { mode: 'closed', connections: 250, seconds: 30 }],
    ['s1', { mode: 'closed', connections: 100, seconds: 60 }],
    ['spike', { mode: 'closed', connections: 50, seconds: 15 }],
    ['endurance', { mode: 'open', perSecond: 100, seconds: 43_200 }],
  ] as const)('is what the profile %s says, at the scale that was asked for', (profile, numbers) => {
    expect(settled({ profile, scale: 0.5, runs: 3 })).toMatchObject({ ...numbers, runs: 1 });
  });

  it.each([
    [{ perSecond: -1 }, 'requests a second must be 0 or more, not -1'],
    [{ seconds: 0 }, 'seconds must be above 0, not 0'],
    [{ warmUpSeconds: NaN }, 'seconds of the warm-up must be 0 or more, not NaN'],
    [{ connections: 1.5 }, 'the number of connections must be 1, 2, 3 …, not 1.5'],
    [{ runs: 0 }, 'the number of runs must be 1, 2, 3 …, not 0'],
    [{ scale: 1.1 }, 'the scale must be above 0 and at most 1, not 1.1'],
    [{ mockDelayMs: Infinity }, "the milliseconds of the mock's delay must be 0 or more, not Infinity"],
    [{ mode: 'ramp', perSecond: 0 }, 'a ramp must begin at a rate above 0'],
  ] as const)('is refused as %o', (options, message) => {
    expect(() => settled(options)).toThrow(new ProofError(message));
  });
});
