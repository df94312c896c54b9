import { formatNumber } from '../report.ts';
import type { Estimate } from '../statistics.ts';
import type { Baseline } from './baseline.ts';
import type { RatioResult } from './judge.ts';
import { ratioNames, type RatioName } from './ratios.ts';

const words: Readonly<Record<RatioName, string>> = {
  cpu_time: 'processor time per request',
  p50: 'p50 at one connection',
  p99: 'p99 with 100 requests in flight',
};

/** Why a ratio can be missing. */
const missing: Readonly<Record<RatioName, string>> = {
  cpu_time: 'it takes /proc, taskset and two processors',
  p50: 'it was not measured',
  p99: 'it was not measured',
};

function interval({ median, low, high }: Estimate): string {
  return `${formatNumber(median)} (${formatNumber(low)} .. ${formatNumber(high)})`;
}

/** One line for each ratio: what is measured, what it was, and how that is judged. */
export function ratioLine({ name, now, before, limit, verdict }: RatioResult): string {
  const what = words[name];
  if (now === null) return `SKIPPED  ${what}: ${missing[name]}`;
  const measured = `${interval(now)} times the bare relay's`;
  if (before === null || limit === null) return `SKIPPED  ${what}: ${measured}; the baseline has none`;
  const base = `baseline ${formatNumber(before)}, limit ${formatNumber(limit)}`;
  if (verdict === 'pass') return `pass     ${what}: ${measured}; ${base}`;
  const by = `${formatNumber((now.median / before - 1) * 100)} % above the baseline`;
  return `FAIL     ${what}: ${measured}; ${base}: ${by}`;
}

/** `docs/BASELINE.md`: the same as the JSON, for people. */
export function baselinePage({ at, machine, commit, pairs, ratios }: Baseline): string {
  const row = (name: RatioName): string => {
    const found = ratios[name];
    if (found === null) return `| ${words[name]} | not measured | | |`;
    const { median, low, high } = found;
    return `| ${words[name]} | ${[median, low, high].map((value) => value.toFixed(3)).join(' | ')} |`;
  };
  const where = `${machine.cpu}, ${machine.cores} processors, ${machine.memory_mb.toLocaleString('en')} MB, ${machine.platform}`;
  return [
    '# Baseline',
    '',
    'What tokenpak needs as a multiple of what the bare relay needs for the same load in the same run. `npm run bench:ci`',
    'compares each change with it; [measuring.md](measuring.md) says how, and when a change may set a new one.',
    '',
    '| ratio | median | lowest | highest |',
    '| --- | --- | --- | --- |',
    ...ratioNames.map(row),
    '',
    `Measured ${at.slice(0, 10)} in ${pairs} pairs on ${where}, Node ${machine.node}${commit === null ? '' : `, at commit ${commit.slice(0, 12)}`}.`,
    '',
    'This page and `baseline.json` are written by `npm run bench:ci -- --save`.',
    '',
  ].join('\n');
}
