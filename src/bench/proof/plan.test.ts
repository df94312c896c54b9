import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { usersAt } from '../load/stages.ts';
import { mixShares, planOf, sharesOf, type PartPlan } from './plan.ts';
import { defaultProofOptions, profileNames, type ProfileName, type ProofOptions } from './proof-options.ts';

const planned = (options: Partial<ProofOptions>): readonly PartPlan[] => planOf({ ...defaultProofOptions, ...options });
const profile = (name: ProfileName, scale = 1): readonly PartPlan[] => planned({ profile: name, scale });

describe('profiles', () => {
  it.each([
    ['quick', 500, 60],
    ['full', 2000, 300],
    ['stress', 4000, 600],
  ] as const)('%s has %i users for %i s', (name, connections, seconds) => {
    expect(profile(name)).toEqual([{ kind: 'capacity', connections, seconds }]);
  });

  it('have a spike from 10 users to 100 and back, 10 s each', () => {
    const [part] = profile('spike');
    const stages = part?.kind === 'stages' ? part.stages : [];
    expect([9_999, 19_999, 29_999].map((ms) => usersAt(stages, ms))).toEqual([10, 100, 10]);
  });

  it('have 30 s to 10 users, a minute to 50 and 30 s to none', () => {
    const [part] = profile('s3');
    const stages = part?.kind === 'stages' ? part.stages : [];
    expect([29_999, 89_999, 119_999].map((ms) => usersAt(stages, ms))).toEqual([10, 50, 0]);
  });

  it('have 100 at a time for two minutes, as two rows', () => {
    expect(profile('s1').map(({ kind }) => kind)).toEqual(['loaded', 'saturated']);
    expect(profile('s1')).toEqual([
      expect.objectContaining({ seconds: 120 }),
      expect.objectContaining({ seconds: 120 }),
    ]);
  });

  it('have a day of the same', () => expect(profile('endurance')).toEqual([{ kind: 'endurance', seconds: 86_400 }]));

  it('ask for /health, /stats and messages, as the first load suite does', () => {
    expect(sharesOf({ ...defaultProofOptions, profile: 's0' }).map(({ workload }) => workload)).toEqual([
      ...['health', 'stats', 'passthrough'],
    ]);
  });

  it('never ask for more at a smaller scale, and never for no user', () => {
    const scale = fc.double({ min: 0.001, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.constantFrom(...profileNames), scale, (name, share) => {
        for (const [index, part] of profile(name, share).entries()) {
          const whole = profile(name)[index];
          if (part.kind !== 'capacity' || whole?.kind !== 'capacity') continue;
          expect(part.connections).toBeGreaterThanOrEqual(1);
          expect(part.connections).toBeLessThanOrEqual(whole.connections);
          expect(part.seconds).toBeCloseTo(whole.seconds * share);
        }
      }),
    );
  });
});

describe('a run without a profile', () => {
  it('does everything', () => {
    expect(planned({}).map(({ kind }) => kind)).toEqual(['paced', 'loaded', 'saturated', 'scenarios', 'stages']);
  });

  it('does one workload alone in every round', () => {
    expect(planned({ workload: 'stream' })).toEqual([
      {
        kind: 'paced',
        shares: [expect.objectContaining({ workload: 'stream', everyRound: true, ofTime: 1, ofRate: 1 })],
      },
    ]);
  });

  it('looks for the capacity with the connections that were asked for', () => {
    expect(planned({ mode: 'closed', connections: 7, seconds: 9 })).toEqual([
      { kind: 'capacity', connections: 7, seconds: 9 },
    ]);
  });

  it('gives messages all of the time and rate, in every round and in pairs', () => {
    const share = mixShares.find(({ workload }) => workload === 'passthrough');
    expect(share).toEqual({ workload: 'passthrough', isPaired: true, ofTime: 1, ofRate: 1, everyRound: true });
  });
});
