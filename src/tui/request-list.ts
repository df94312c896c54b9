import { requestRow, type Progress } from './request-rows.ts';
import type { RequestRow } from './state.ts';

const maxRows = 500;
/** Requests on their way are kept though later ones have ended, but not so many that nothing else is to be seen. */
const maxLiveKept = 250;
/** A request that tells nothing for so long has ended where nobody told of it. */
const silentMs = 10 * 60_000;

interface Kept {
  readonly row: RequestRow;
  /** When it was last told of, in Unix milliseconds. */
  readonly heardAt: number;
}

/** The requests that a screen knows: those on their way and the last that ended, merged from all that tells of them. */
export class RequestList {
  readonly #kept = new Map<string, Kept>();
  #sorted: readonly RequestRow[] | null = [];

  started(row: RequestRow, now: number): void {
    // It may have ended by what `/recent` said.
    if (!this.#kept.has(row.id)) this.#keep(row, now);
  }

  progress(progress: Progress, now: number): void {
    const { id, tokens, costUsd } = progress;
    const row = this.#kept.get(id)?.row ?? unannounced(id);
    if (row !== null && isLive(row)) this.#keep({ ...row, tokens, costUsd }, now);
  }

  ended(row: RequestRow, now: number): void {
    this.#keep(row, now);
  }

  /** Those on their way that began before a time, in Unix milliseconds, are not any more, and nobody will tell of their end. */
  dropLive(begunBefore: number): void {
    this.#dropWhere(({ row }) => isLive(row) && row.time < begunBefore);
  }

  dropSilent(now: number): void {
    // A clock that went back makes nobody silent, and is forgotten.
    this.#dropWhere(({ row, heardAt }) => isLive(row) && (now - heardAt > silentMs || heardAt - now > silentMs));
  }

  /** Newest begun first, among those of one moment the ones on their way; the same list while nothing has changed. */
  rows(): readonly RequestRow[] {
    this.#sorted ??= this.#sort();
    return this.#sorted;
  }

  #keep(row: RequestRow, now: number): void {
    this.#kept.set(row.id, { row, heardAt: now });
    this.#sorted = null;
    // Sorting out is dear, and cheap for many at once.
    if (this.#kept.size > 4 * maxRows) this.#sorted = this.#sort();
  }

  /** All rows that stay, in their order. */
  #sort(): readonly RequestRow[] {
    const rows = [...this.#kept.values()].map(({ row }) => row).sort(newestFirst);
    if (rows.length <= maxRows) return rows;
    const over = rows.filter((row) => !isLive(row));
    const live = rows.filter(isLive).slice(0, Math.max(maxLiveKept, maxRows - over.length));
    const stay = new Set([...live, ...over.slice(0, maxRows - live.length)]);
    for (const row of rows) if (!stay.has(row)) this.#kept.delete(row.id);
    return rows.filter((row) => stay.has(row));
  }

  #dropWhere(isGone: (kept: Kept) => boolean): void {
    for (const [id, kept] of this.#kept) {
      if (!isGone(kept)) continue;
      this.#kept.delete(id);
      this.#sorted = null;
    }
  }
}

/** A request whose begin was not told, as it was before anybody listened: its id tells when that was. */
function unannounced(id: string): RequestRow | null {
  const [, milliseconds] = /^tp_([0-9a-z]{8})[0-9a-z]{10}$/.exec(id) ?? [];
  return milliseconds === undefined
    ? null
    : requestRow({ id, time: isoTime(parseInt(milliseconds, 36)), stream: true });
}

function isoTime(unixMs: number): string {
  return new Date(unixMs).toISOString();
}

function isLive({ totalMs }: RequestRow): boolean {
  return totalMs === null;
}

function newestFirst(one: RequestRow, other: RequestRow): number {
  return other.time - one.time || Number(isLive(other)) - Number(isLive(one)) || (one.id < other.id ? 1 : -1);
}
