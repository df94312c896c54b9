import type { BudgetReport } from '../proxy/budgets/index.ts';
import { budgetLines } from './budget-lines.ts';
import { circuitLines, type CircuitReports } from './circuit-lines.ts';
import { count, dollars, elapsed } from '../tui/format.ts';
import { plainText } from '../tui/plain-text.ts';

/** A block of the snapshot, as far as it is shown. */
interface Totals {
  readonly requests: number;
  readonly errors: number;
  readonly tokens: { readonly input: number; readonly cache_read: number; readonly output: number };
  readonly cost_usd: number;
  readonly unpriced: number;
  readonly saved_usd: number;
}

interface Quantiles {
  readonly p50: number;
  readonly p99: number;
}

/** `/stats` as far as it is shown, with the circuit breakers of `/health`. */
export interface StatusReport {
  readonly run: Totals & {
    readonly latency_ms: { readonly overhead: Quantiles | null; readonly first_byte: Quantiles | null };
  };
  readonly today: Totals | null;
  readonly in_flight: number;
  readonly providers: Readonly<Record<string, ProviderReport>>;
  readonly budgets: readonly BudgetReport[];
  readonly limits: readonly LimitReport[];
  readonly circuit_breakers: CircuitReports;
}

interface LimitReport {
  readonly name: string;
  readonly passed: number;
  readonly refused: number;
  readonly shadow: boolean;
  readonly shadow_refused: number;
  readonly in_flight: number | null;
  readonly scarcest: readonly { readonly subject: string }[];
}

interface ProviderReport {
  readonly requests: number;
  readonly errors: number;
  readonly in_flight: number;
  readonly last_outcome: string | null;
}

const headings = ['', 'requests', 'errors', 'new', 'read', 'out', 'cost', 'saved'];
const widths = [-10, 9, 7, 7, 7, 7, 10, 10];

/** What a proxy has done, as a table for people. */
export function statusLines(report: StatusReport): string[] {
  const { run, today, in_flight: inFlight, providers, limits, budgets, circuit_breakers: circuits } = report;
  const { overhead, first_byte: firstByte } = run.latency_ms;
  return [
    row(headings),
    totalsRow('this run', run),
    ...(today === null ? [] : [totalsRow('today', today)]),
    `overhead    ${quantilesText(overhead)}      first byte  ${quantilesText(firstByte)}      in flight  ${inFlight}`,
    ...Object.entries(providers).map(([name, provider]) => providerLine(name, provider)),
    ...circuitLines(circuits),
    ...limits.map(limitLine),
    ...budgetLines(budgets).map((line) => (line.startsWith(' ') ? line : `budget ${line}`)),
  ];
}

function totalsRow(
  name: string,
  { requests, errors, tokens, cost_usd: cost, unpriced, saved_usd: saved }: Totals,
): string {
  const amounts = [requests, errors, tokens.input, tokens.cache_read, tokens.output].map(count);
  const line = row([name, ...amounts, dollars(cost), dollars(saved)]);
  return unpriced === 0 ? line : `${line}  + ${unpriced} unpriced`;
}

function row(cells: readonly string[]): string {
  return cells
    .map((cell, index) => {
      const width = widths[index] ?? 0;
      return width < 0 ? cell.padEnd(-width) : cell.padStart(width);
    })
    .join('')
    .trimEnd();
}

function quantilesText(quantiles: Quantiles | null): string {
  return quantiles === null ? '-' : `p50 ${elapsed(quantiles.p50)}  p99 ${elapsed(quantiles.p99)}`;
}

function providerLine(
  name: string,
  { requests, errors, in_flight: inFlight, last_outcome: last }: ProviderReport,
): string {
  const outcome = last === null ? '' : `, last ${plainText(last).replaceAll('_', ' ')}`;
  return `${plainText(name).padEnd(11)} ${count(requests)} calls, ${count(errors)} failed, ${inFlight} in flight${outcome}`;
}

function limitLine({
  name,
  passed,
  refused,
  shadow,
  shadow_refused: shadowed,
  in_flight: inFlight,
  scarcest,
}: LimitReport): string {
  const verdict = shadow ? `${count(shadowed)} would have been refused` : `${count(refused)} refused`;
  const busy = inFlight === null ? '' : `, ${inFlight} in flight`;
  const least = scarcest[0] === undefined ? '' : `, least left for ${plainText(scarcest[0].subject)}`;
  return `limit ${plainText(name)}: ${count(passed)} passed, ${verdict}${busy}${least}`;
}
