import { isError } from '../outcome.ts';
import type { RequestRecord } from '../record.ts';
import { type Latency, latencyOf } from '../request-json.ts';

/** A finished request with what is judged of it once, for all who count it. */
export interface Measured {
  readonly record: RequestRecord;
  readonly latency: Latency;
  readonly isError: boolean;
  /** Nobody knows its price. What never went to a provider has none, so nothing is missing. */
  readonly isUnpriced: boolean;
  /** What it adds to sums of money: 0 where the price is not known, or is play money. */
  readonly picodollars: number;
  readonly savedPicodollars: number;
}

/** @param isPlayMoney whether its dollars stay out of the user's sums */
export function measure(record: RequestRecord, isPlayMoney: boolean): Measured {
  const { cost, attempts } = record;
  return {
    record,
    latency: latencyOf(record),
    isError: isError(record.outcome),
    isUnpriced: !isPlayMoney && cost.picodollars === null && attempts.length > 0,
    picodollars: isPlayMoney ? 0 : (cost.picodollars ?? 0),
    savedPicodollars: isPlayMoney ? 0 : (cost.savedPicodollars ?? 0),
  };
}
