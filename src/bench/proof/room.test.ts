import { describe, expect, it } from 'vitest';
import { planOf } from './plan.ts';
import { defaultProofOptions } from './proof-options.ts';
import { checkRoom, connectionsOf } from './room.ts';
import { ProofError } from './settle-options.ts';

describe('room for connections', () => {
  it('is wanted for the users of a profile', () => {
    const options = { ...defaultProofOptions, profile: 'stress' as const };
    expect(connectionsOf(planOf(options), 100)).toBe(4000);
    expect(connectionsOf(planOf({ ...options, scale: 0.1 }), 100)).toBe(400);
    expect(connectionsOf(planOf({ ...options, profile: 'spike' }), 10)).toBe(100);
  });

  it('is there where the machine does not say that it is not', () => {
    expect(() => checkRoom({ openFiles: null, ports: null }, 4000)).not.toThrow();
    expect(() => checkRoom({ openFiles: Infinity, ports: 28_232 }, 4000)).not.toThrow();
  });

  it('is refused with the share of it that would fit', () => {
    expect(() => checkRoom({ openFiles: 4096, ports: null }, 4000)).toThrow(ProofError);
    expect(() => checkRoom({ openFiles: 4096, ports: null }, 4000)).toThrow(
      /8064 open files .* may have 4096 .* --scale 0\.5$/,
    );
    expect(() => checkRoom({ openFiles: null, ports: 1000 }, 4000)).toThrow(/has 1000 .* --scale 0\.25$/);
  });

  it('fits at the scale that is named', () => {
    expect(() => checkRoom({ openFiles: 4096, ports: 2000 }, 4000 * 0.5)).not.toThrow();
  });
});
