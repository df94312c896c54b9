import { hasExpired, type KeyEntry } from '../proxy/access-keys/registry/index.ts';

/** What `keys list` tells of keys that were made together. */
export interface KeyRow {
  readonly name: string;
  readonly count: number;
  readonly state: 'active' | 'expired' | 'revoked';
  /** How many of them are revoked. */
  readonly revoked: number;
  readonly created: string;
  readonly expires: string | null;
  readonly models: readonly string[] | null;
  readonly limits: string | null;
  readonly budgets: readonly string[];
  readonly project: string | null;
  readonly agent: string | null;
}

/** @param now Unix milliseconds */
export function keyRow(entry: KeyEntry, now: number): KeyRow {
  const { name, count, created, expires, models, limits, budgets, project, agent } = entry;
  const revoked = entry.revoked === 'all' ? count : entry.revoked.length;
  const state = entry.revoked === 'all' ? 'revoked' : hasExpired(entry, now) ? 'expired' : 'active';
  return { name, count, state, revoked, created, expires, models, limits, budgets, project, agent };
}

const columns = ['name', 'keys', 'state', 'created', 'expires', 'models', 'limits', 'budgets'];

/** A line for each, with a heading. */
export function keyLines(rows: readonly KeyRow[]): string[] {
  const cells = rows.map((row) => [
    row.name,
    String(row.count),
    row.revoked > 0 && row.state !== 'revoked' ? `${row.state}, ${row.revoked} revoked` : row.state,
    row.created.slice(0, 10),
    row.expires?.slice(0, 16).replace('T', ' ') ?? '-',
    row.models?.join(',') ?? 'all',
    row.limits ?? '-',
    row.budgets.join(' ') || '-',
  ]);
  const table = [columns, ...cells];
  const widths = columns.map((_, column) => Math.max(...table.map((line) => line[column]?.length ?? 0)));
  return table.map((line) =>
    line
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
