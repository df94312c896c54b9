import { atMost, oneLine, type Line, type Style } from './cells.ts';
import { percent, shortCount } from './figures.ts';
import { timeOfDay } from './format.ts';
import type { ProviderRow, QuotaJson } from './providers.ts';
import { pieces, type Cell } from './table.ts';

const day = 86_400_000;

/** What is left of the providers' own quotas, by their last answers: a line for each provider that says so. */
export function quotaLines(rows: readonly ProviderRow[], width: number, now: number): Line[] {
  const told = rows.filter(({ calls }) => (calls?.quota?.length ?? 0) > 0);
  return told.map(({ name, calls }) => {
    const quotas = calls?.quota ?? [];
    const whose = told.length > 1 ? `${name} quota` : 'quota';
    const heading: Cell = [atMost(whose, 16), 'dim'];
    const next = quotas.find(({ resets }) => resets !== null)?.resets ?? null;
    return pieces([heading, ...quotas.map(quotaCell), resetCell(next, now)], width);
  });
}

function quotaCell({ name, used, limit, remaining }: QuotaJson): Cell {
  const share = used ?? (limit !== null && remaining !== null && limit > 0 ? 1 - remaining / limit : null);
  if (share === null) return remaining === null ? '' : `${oneLine(name)} ${shortCount(remaining)} left`;
  return [`${oneLine(name)} ${percent(share)}`, shareStyle(share)];
}

function shareStyle(share: number): Style {
  if (share >= 0.95) return 'bad';
  return share >= 0.8 ? 'warn' : 'good';
}

function resetCell(resets: string | null, now: number): Cell {
  if (resets === null) return '';
  const at = Date.parse(resets);
  if (Number.isNaN(at)) return [`resets ${atMost(resets, 12)}`, 'dim'];
  const days = (at - now) / day;
  return [days < 1 ? `resets ${timeOfDay(at).slice(0, 5)}` : `resets in ${Math.round(days)}d`, 'dim'];
}
