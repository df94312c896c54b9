import type { Sum } from '../proxy/ledger/index.ts';
import { oneLine } from '../tui/cells.ts';
import { type CostReport, moneyKnown, promptCacheRatio } from './cost-rows.ts';
import { exactDollars } from './money.ts';

const columns = [
  ...['requests', 'errors', 'input_tokens', 'cache_read_tokens', 'cache_write_tokens', 'output_tokens'],
  ...['cost_usd', 'saved_usd', 'prompt_cache_ratio', 'unpriced', 'estimated', 'subscription', 'play_money'],
];
/** What a spreadsheet takes for the beginning of a formula. */
const formula = /^\s*[=+\-@|]/u;

/**
 * What requests cost as CSV by https://www.rfc-editor.org/rfc/rfc4180, a line each, with a header and without a total.
 * What is not known is left empty. A name that a spreadsheet would take for a formula gets an apostrophe in front.
 */
export function costCsv({ by, rows, folded, isFoldedInRows }: CostReport): string[] {
  return [
    [by, ...columns].join(','),
    ...rows.map(({ name, sum }) => [nameField(name), ...fieldsOf(sum)].join(',')),
    ...(folded && !isFoldedInRows ? [['(daily totals)', ...fieldsOf(folded.totals, false)].join(',')] : []),
  ];
}

function fieldsOf(totals: Omit<Sum, 'playMoney' | 'subscription'> & Partial<Sum>, isTold = true): string[] {
  const { playMoney = 0, subscription = 0, tokens } = totals;
  const known = moneyKnown(totals) === 'known';
  const ratio = promptCacheRatio(totals);
  return [
    ...[totals.requests, totals.errors, tokens.input, tokens.cacheRead, tokens.cacheWrite, tokens.output].map(String),
    known ? exactDollars(totals.picodollars) : '',
    known ? exactDollars(totals.savedPicodollars) : '',
    ratio === null ? '' : ratio.toFixed(4),
    String(totals.unpriced),
    String(totals.estimated),
    ...(isTold ? [String(subscription), String(playMoney)] : ['', '']),
  ];
}

function nameField(name: string | null): string {
  if (name === null) return '';
  const text = oneLine(name);
  const safe = formula.test(text) ? `'${text}` : text;
  return /[",\n\r]|^\s|\s$/u.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
