import { describe, expect, it } from 'vitest';
import { verdict } from './target.ts';

describe('the verdict on the overhead', () => {
  it('is good below the target, of however few requests', () => {
    expect(verdict(19.9, 1)).toEqual({ word: 'OK', fact: 'p99<20', style: 'good' });
  });

  it('is bad from the target on, once there are enough of them for one in a hundred', () => {
    expect(verdict(20, 100)).toEqual({ word: 'SLOW', fact: 'p99>20', style: 'bad' });
    expect(verdict(20, 99)).toEqual({ word: '', fact: 'max>20', style: 'warn' });
  });
});
