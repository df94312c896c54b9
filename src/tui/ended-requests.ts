import { Slices, type Spent } from './slices.ts';
import type { DashboardState, RequestRow, Slice } from './state.ts';

type Snapshot = NonNullable<DashboardState['snapshot']>;
type Counted = Pick<Spent, 'requests' | 'costUsd' | 'tokens' | 'cacheRead' | 'input'>;

/** Several times what `/recent` tells: whoever is told of twice is known. */
const maxIds = 2000;
const nothing: Counted = { requests: 0, costUsd: 0, tokens: 0, cacheRead: 0, input: 0 };

/**
 * Counts each request that ended once, whoever tells of it, and adds what the snapshot says was spent by those whose
 * events were left out.
 */
export class EndedRequests {
  readonly #slices = new Slices();
  readonly #ids = new Set<string>();
  /** The same, as they came, in a ring. */
  readonly #order: string[] = [];
  #next = 0;
  /** What had been spent when the events began, by the snapshot that they began with. */
  #before: Counted | null = null;
  /** What events have told of since. */
  #told: Counted = nothing;
  #hasSkipped = false;

  /** Events begin anew, with this snapshot. */
  begin(snapshot: Snapshot): void {
    this.#before = runOf(snapshot);
    this.#told = nothing;
    this.#hasSkipped = false;
  }

  /** One that ended now. */
  told(row: RequestRow, now: number): void {
    const spent = spentBy(row);
    this.#told = combined(this.#told, spent, 1);
    if (this.#remember(row.id)) this.#slices.add(spent, now, now);
  }

  /** One that ended some time ago. */
  recalled(row: RequestRow, now: number): void {
    if (this.#remember(row.id)) this.#slices.add(spentBy(row), row.time + (row.totalMs ?? 0), now);
  }

  skipped(): void {
    this.#hasSkipped = true;
  }

  /** Whatever the snapshot knows and no event told of was spent a moment ago. */
  reconcile(snapshot: Snapshot, now: number): void {
    if (!this.#hasSkipped || this.#before === null) return;
    const missing = combined(combined(runOf(snapshot), this.#before, -1), this.#told, -1);
    if (missing.requests <= 0) return;
    const known = positive(missing);
    this.#slices.add({ ...known, overheadMs: null }, now, now);
    this.#told = combined(this.#told, known, 1);
  }

  read(seconds: number, count: number, now: number): Slice[] {
    return this.#slices.read(seconds, count, now);
  }

  /** Whether it was not known yet. */
  #remember(id: string): boolean {
    if (this.#ids.has(id)) return false;
    const oldest = this.#order[this.#next];
    if (oldest !== undefined) this.#ids.delete(oldest);
    this.#order[this.#next] = id;
    this.#next = (this.#next + 1) % maxIds;
    this.#ids.add(id);
    return true;
  }
}

function spentBy({ costUsd, tokens, overheadMs }: RequestRow): Spent {
  return { requests: 1, costUsd: costUsd ?? 0, ...countsOf(tokens), overheadMs };
}

function runOf({ run }: Snapshot): Counted {
  return { requests: run.requests, costUsd: run.cost_usd, ...countsOf(run.tokens) };
}

function countsOf(tokens: RequestRow['tokens']): Pick<Spent, 'tokens' | 'cacheRead' | 'input'> {
  if (tokens === null) return { tokens: 0, cacheRead: 0, input: 0 };
  const input = tokens.input + tokens.cache_read + tokens.cache_write;
  return { tokens: input + tokens.output, cacheRead: tokens.cache_read, input };
}

function combined(one: Counted, other: Counted, sign: 1 | -1): Counted {
  return {
    requests: one.requests + sign * other.requests,
    costUsd: one.costUsd + sign * other.costUsd,
    tokens: one.tokens + sign * other.tokens,
    cacheRead: one.cacheRead + sign * other.cacheRead,
    input: one.input + sign * other.input,
  };
}

function positive(counted: Counted): Counted {
  return {
    requests: Math.max(0, counted.requests),
    costUsd: Math.max(0, counted.costUsd),
    tokens: Math.max(0, counted.tokens),
    cacheRead: Math.max(0, counted.cacheRead),
    input: Math.max(0, counted.input),
  };
}
