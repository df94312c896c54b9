import type { BilledLine } from '../reading.ts';
import { ratioOf, type Ratio } from './decimal.ts';
import type { PriceTier } from './price-row.ts';

/**
 * What a token of each kind costs, multipliers applied, in picodollars times `divisor`: whole numbers all, so that
 * nothing is lost while they are added up. `divisor` is 1 unless a price has decimals below a picodollar.
 */
export interface Rates {
  readonly divisor: number;
  readonly input: number;
  readonly audioInput: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  /** Null where no price is known for it. */
  readonly cacheWrite1h: number | null;
  readonly output: number;
}

export interface Amount {
  readonly picodollars: number;
  readonly savedPicodollars: number;
}

/** The rates of a tier under a mode's and a place's multiplier. */
export function ratesOf(tier: PriceTier, multipliers: readonly string[]): Rates {
  const factor = multipliers.map(ratioOf).reduce(times, picodollarsPerDollarAMillion);
  const price = (decimal: string): Ratio => times(ratioOf(decimal), factor);
  const input = price(tier.input);
  const write1h = tier.cache_write_1h ?? (tier.cache_write === null ? tier.input : null);
  const ratios = {
    input,
    audioInput: tier.input_audio === undefined ? input : price(tier.input_audio),
    cacheRead: tier.cache_read === null ? times(input, aQuarter) : price(tier.cache_read),
    cacheWrite: tier.cache_write === null ? input : price(tier.cache_write),
    cacheWrite1h: write1h === null ? null : price(write1h),
    output: price(tier.output),
  };
  const divisor = Object.values(ratios).reduce((common, ratio) => (ratio ? commonMultiple(common, ratio) : common), 1n);
  const whole = ({ numerator, denominator }: Ratio): number => Number((numerator * divisor) / denominator);
  return {
    divisor: Number(divisor),
    input: whole(ratios.input),
    audioInput: whole(ratios.audioInput),
    cacheRead: whole(ratios.cacheRead),
    cacheWrite: whole(ratios.cacheWrite),
    cacheWrite1h: ratios.cacheWrite1h && whole(ratios.cacheWrite1h),
    output: whole(ratios.output),
  };
}

/**
 * What a line costs, and what caching saved on it: the price of the same tokens as fresh input less what they did cost.
 * Infinity where the numbers are too large for exact arithmetic. Expects a price for the long lifetime where tokens of it
 * were written.
 */
export function amountOf({ tokens, audioInput }: BilledLine, rates: Rates): Amount {
  const write1h = rates.cacheWrite1h ?? 0;
  const shortWrites = tokens.cacheWrite - tokens.cacheWrite1h;
  const cached = tokens.cacheRead * rates.cacheRead + shortWrites * rates.cacheWrite + tokens.cacheWrite1h * write1h;
  const uncached = (tokens.cacheRead + tokens.cacheWrite) * rates.input;
  const fresh = (tokens.input - audioInput) * rates.input + audioInput * rates.audioInput;
  const cost = fresh + cached + tokens.output * rates.output;
  const saved = uncached - cached;
  if (cost > Number.MAX_SAFE_INTEGER || uncached > Number.MAX_SAFE_INTEGER) return tooLarge;
  if (rates.divisor === 1) return { picodollars: cost, savedPicodollars: saved };
  return { picodollars: divided(cost, rates.divisor), savedPicodollars: divided(saved, rates.divisor) };
}

/** Rounded half away from zero. By the remainder, since a quotient near 2^53 has no decimals left to round by. */
function divided(total: number, divisor: number): number {
  const rest = total % divisor;
  return (total - rest) / divisor + (2 * Math.abs(rest) >= divisor ? Math.sign(rest) : 0);
}

const tooLarge: Amount = { picodollars: Infinity, savedPicodollars: 0 };
const aQuarter: Ratio = { numerator: 1n, denominator: 4n };

// A dollar is 10^12 picodollars; a price holds for 10^6 tokens.
const picodollarsPerDollarAMillion: Ratio = { numerator: 1_000_000n, denominator: 1n };

function times(a: Ratio, b: Ratio): Ratio {
  return { numerator: a.numerator * b.numerator, denominator: a.denominator * b.denominator };
}

/** The least multiple of `common` by which the ratio comes out whole. */
function commonMultiple(common: bigint, { numerator, denominator }: Ratio): bigint {
  const lowest = denominator / greatestDivisor(numerator, denominator);
  return (common * lowest) / greatestDivisor(common, lowest);
}

function greatestDivisor(a: bigint, b: bigint): bigint {
  return b === 0n ? a : greatestDivisor(b, a % b);
}
