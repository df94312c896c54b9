import { type Sum, totalsJson } from '../proxy/ledger/index.ts';
import { type CostReport, promptCacheRatio } from './cost-rows.ts';

/** What requests cost, for programs: sums as `/stats` has them, over the requests whose price is known. */
export function costJson(report: CostReport): object {
  const { since, until, by, rows, total, folded, isFoldedInRows, pricesAsOf } = report;
  return {
    version: 1,
    since: new Date(since).toISOString(),
    until: new Date(until).toISOString(),
    by,
    prices_as_of: pricesAsOf,
    rows: rows.map(({ name, sum }) => ({ name, ...sumJson(sum) })),
    total: sumJson(total),
    folded: folded && {
      ...{ from: folded.from, to: folded.to, in_rows: isFoldedInRows },
      ...totalsJson(folded.totals),
      prompt_cache_ratio: promptCacheRatio(folded.totals),
    },
  };
}

function sumJson(sum: Sum): object {
  const { subscription, playMoney } = sum;
  return { ...totalsJson(sum), prompt_cache_ratio: promptCacheRatio(sum), subscription, play_money: playMoney };
}
