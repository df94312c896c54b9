import type { BudgetReport } from '../proxy/budgets/index.ts';
import type { Snapshot, TokensJson } from '../proxy/monitor/snapshot.ts';

/** One request as a row of the screen: on its way, or finished. Texts are the client's and the provider's own. */
export interface RequestRow {
  readonly id: string;
  /** Unix milliseconds at which it began. */
  readonly time: number;
  readonly provider: string | null;
  /** That answered; the asked one where none did. */
  readonly model: string | null;
  readonly project: string | null;
  readonly session: string | null;
  readonly agent: string | null;
  /** The name of the access key. */
  readonly key: string | null;
  readonly stream: boolean;
  /** 0 where the client left before it got one; null while it is on its way. */
  readonly status: number | null;
  readonly outcome: string | null;
  /** Growing while it is on its way; null where nothing is known. */
  readonly tokens: TokensJson | null;
  /** Null where the price is not known. */
  readonly costUsd: number | null;
  readonly exactness: string | null;
  /** What the reply cache did; null where it had no part. */
  readonly cache: string | null;
  readonly attempts: readonly AttemptRow[];
  readonly overheadMs: number | null;
  readonly firstByteMs: number | null;
  /** Null while it is on its way. */
  readonly totalMs: number | null;
}

export interface AttemptRow {
  readonly provider: string;
  readonly status: number | null;
  readonly outcome: string | null;
  readonly ms: number;
  /** Why another attempt followed it. */
  readonly cause: string | null;
}

/** Something that is no request: a breaker opened, a budget warned, the log said. */
export interface NoticeRow {
  /** Unix milliseconds. */
  readonly time: number;
  readonly level: 'info' | 'warn' | 'error';
  readonly message: string;
}

export type CircuitState = 'closed' | 'open' | 'half_open' | 'forced_open' | 'forced_closed';

export interface Circuit {
  readonly state: CircuitState;
  /** Seconds until it is tried again; null where requests pass. */
  readonly retry_after_seconds: number | null;
  readonly last_failure: string | null;
  readonly failures_in_window?: number;
}

/** `/health`, as far as it is shown. */
export interface Health {
  readonly status: string;
  readonly uptime_seconds: number;
  readonly version: string;
  readonly pid: number;
  /** By provider; each with those of its models whose circuits are not closed. */
  readonly circuit_breakers: Readonly<Record<string, Circuit & { readonly models: Readonly<Record<string, Circuit>> }>>;
  readonly shedding: string | null;
}

/** What the requests that ended within a span of time came to: one column of a chart. */
export interface Slice {
  readonly costUsd: number;
  readonly requests: number;
  readonly tokens: number;
  readonly cacheRead: number;
  /** Read, written and fresh: what the cache rate is a share of. */
  readonly input: number;
  /** The largest; null where none was measured. */
  readonly overheadMs: number | null;
}

export type Connection =
  | { readonly state: 'connecting' }
  | { readonly state: 'live' }
  /** Nobody answers since then, in Unix milliseconds. */
  | { readonly state: 'lost'; readonly since: number };

/** All that a screen shows of a proxy, at one moment. It is never changed: the next moment is another one. */
export interface DashboardState {
  readonly connection: Connection;
  /** Of the proxy, without a path. */
  readonly url: string;
  /** Nothing can be changed from here: it is another machine's proxy, or another user's. */
  readonly readOnly: boolean;
  /** Unix milliseconds. */
  readonly now: number;
  readonly snapshot: (Omit<Snapshot, 'budgets'> & { readonly budgets: readonly BudgetReport[] }) | null;
  readonly health: Health | null;
  /** Newest first; 500 at most. */
  readonly requests: readonly RequestRow[];
  /** Newest first; 200 at most. */
  readonly notices: readonly NoticeRow[];
  /** Oldest first: the last `count` spans of so many seconds, the last one up to now; gaps are empty slices. */
  readonly slices: (seconds: number, count: number) => readonly Slice[];
}
