import { profileNumbers } from './plan.ts';
import type { ProofOptions } from './proof-options.ts';

/** A run that cannot be made as it was asked for; the message says what to ask for instead. */
export class ProofError extends Error {}

const quickSeconds = 5;

/** What `--quick`, a rate of 0 and profiles with their own numbers mean. @throws ProofError for what contradicts itself */
export function settleOptions(options: ProofOptions): ProofOptions {
  check(options);
  if (options.profile !== null) return { ...options, ...profileNumbers(options.profile, options.scale) };
  const quick = options.quick ? { seconds: Math.min(quickSeconds, options.seconds), runs: 1 } : {};
  return { ...options, ...quick, mode: options.perSecond === 0 ? 'closed' : options.mode };
}

/** What is asked of one of the numbers, in words. */
interface Rule {
  readonly name: string;
  readonly value: number;
  readonly wanted: string;
  readonly holds: boolean;
}

const isAbove0 = (value: number): boolean => Number.isFinite(value) && value > 0;
const isFrom0 = (value: number): boolean => Number.isFinite(value) && value >= 0;
const isCount = (value: number): boolean => Number.isInteger(value) && value >= 1;

function rulesOf(options: ProofOptions): readonly Rule[] {
  const { perSecond, seconds, warmUpSeconds, connections, runs, scale, mockDelayMs } = options;
  const from0 = (name: string, value: number) => ({ name, value, wanted: 'must be 0 or more', holds: isFrom0(value) });
  const count = (name: string, value: number) => ({ name, value, wanted: 'must be 1, 2, 3 …', holds: isCount(value) });
  return [
    from0('requests a second', perSecond),
    { name: 'seconds', value: seconds, wanted: 'must be above 0', holds: isAbove0(seconds) },
    from0('seconds of the warm-up', warmUpSeconds),
    from0("the milliseconds of the mock's delay", mockDelayMs),
    count('the number of connections', connections),
    count('the number of runs', runs),
    { name: 'the scale', value: scale, wanted: 'must be above 0 and at most 1', holds: isAbove0(scale) && scale <= 1 },
  ];
}

function check(options: ProofOptions): void {
  const broken = rulesOf(options).find(({ holds }) => !holds);
  if (broken !== undefined) throw new ProofError(`${broken.name} ${broken.wanted}, not ${broken.value}`);
  if (options.mode === 'ramp' && options.perSecond === 0) throw new ProofError('a ramp must begin at a rate above 0');
}
