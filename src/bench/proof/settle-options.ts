import type { ProofOptions } from './proof-options.ts';

/** A run that cannot be made as it was asked for; the message says what to ask for instead. */
export class ProofError extends Error {}

const quickSeconds = 5;

/** What `--quick`, a rate of 0 and profiles with their own numbers mean. @throws ProofError for what contradicts itself */
export function settleOptions(options: ProofOptions): ProofOptions {
  check(options);
  let settled = options;
  if (options.quick) settled = { ...settled, seconds: Math.min(quickSeconds, options.seconds), runs: 1 };
  if (options.perSecond === 0) settled = { ...settled, mode: 'closed' };
  if (options.profile === 's0') {
    const seconds = quickSeconds * options.scale;
    settled = { ...settled, perSecond: 100, seconds, runs: 1, mode: 'open', workload: 'mix' };
  }
  return settled;
}

function check({ perSecond, seconds, warmUpSeconds, connections, runs, scale, mockDelayMs, mode }: ProofOptions): void {
  const isAbove0 = (value: number): boolean => Number.isFinite(value) && value > 0;
  const isFrom0 = (value: number): boolean => Number.isFinite(value) && value >= 0;
  if (!isFrom0(perSecond)) throw new ProofError(`the rate must be 0 or more requests a second, not ${perSecond}`);
  if (!isAbove0(seconds)) throw new ProofError(`the duration must be above 0 s, not ${seconds}`);
  if (!isFrom0(warmUpSeconds)) throw new ProofError(`the warm-up must be 0 s or more, not ${warmUpSeconds}`);
  if (!isFrom0(mockDelayMs)) throw new ProofError(`the mock's delay must be 0 ms or more, not ${mockDelayMs}`);
  if (!Number.isInteger(connections) || connections < 1) {
    throw new ProofError(`the connections must be a whole number from 1, not ${connections}`);
  }
  if (!Number.isInteger(runs) || runs < 1) throw new ProofError(`the runs must be a whole number from 1, not ${runs}`);
  if (!isAbove0(scale) || scale > 1) throw new ProofError(`the scale must be above 0, to 1, not ${scale}`);
  if (mode === 'ramp' && perSecond === 0) throw new ProofError('a ramp must begin at a rate above 0');
}
