import type { Outcome } from '../record.ts';
import type { Quantiles } from './histogram.ts';

/** Tokens as our JSON names them: four classes of which each token is in one, and two parts shown apart. */
export interface TokensJson {
  readonly input: number;
  readonly cache_read: number;
  readonly cache_write: number;
  readonly cache_write_1h: number;
  readonly output: number;
  readonly reasoning: number;
}

/** Milliseconds; null where nothing was measured. */
interface LatencyJson {
  readonly overhead: Quantiles | null;
  readonly first_byte: Quantiles | null;
  readonly total: Quantiles | null;
}

/** What a number of requests came to. */
export interface TotalsJson {
  readonly requests: number;
  readonly errors: number;
  readonly tokens: TokensJson;
  readonly cost_usd: number;
  readonly cost_picodollars: string;
  readonly saved_usd: number;
  readonly saved_picodollars: string;
  /** Requests whose cost is not known and not in the sums. */
  readonly unpriced: number;
  /** Requests whose tokens we counted or guessed ourselves. */
  readonly estimated: number;
}

export interface BlockJson extends TotalsJson {
  readonly latency_ms: LatencyJson;
}

export interface WindowJson extends BlockJson {
  /** The seconds that the block really covers: rates are to be taken over these. */
  readonly seconds: number;
}

/** How much of a provider's own limit is left, as the headers of its last answer said. */
export interface QuotaJson {
  /** As the provider calls it: `requests`, `input-tokens`, `5h`, … */
  readonly name: string;
  /** The share of it, 0 to 1; null where it is not known. */
  readonly used: number | null;
  readonly limit: number | null;
  readonly remaining: number | null;
  readonly resets: string | null;
}

/** How calls to one provider went; a request may make several. */
export interface ProviderJson {
  readonly requests: number;
  /** Calls that the provider failed or could not be reached for. */
  readonly errors: number;
  readonly in_flight: number;
  readonly last_outcome: Outcome | null;
  readonly last_error_time: string | null;
  /** Empty where it has told of none. */
  readonly quota: readonly QuotaJson[];
  readonly latency_ms: Quantiles | null;
}

export type WindowName = '1m' | '5m' | '15m' | '1h' | '24h';

export type BreakdownName = 'model' | 'provider' | 'project' | 'session' | 'agent';

/** The state of the whole proxy at one moment: what `/stats` answers and `/events` begins with. */
export interface Snapshot {
  readonly version: 1;
  readonly instance: string;
  readonly time: string;
  readonly run: WindowJson;
  /** Today by the machine's time zone, other runs included; null while it is not known. Its latencies are not kept. */
  readonly today: TotalsJson | null;
  readonly windows: Readonly<Record<WindowName, WindowJson>>;
  readonly by: Readonly<Record<BreakdownName, Readonly<Record<string, BlockJson>>>>;
  readonly providers: Readonly<Record<string, ProviderJson>>;
  /** How each limit is. */
  readonly limits: readonly object[];
  /** How each budget stands. */
  readonly budgets: readonly object[];
  readonly in_flight: number;
}
