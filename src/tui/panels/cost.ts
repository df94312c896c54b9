import type { BudgetReport } from '../../proxy/budgets/index.ts';
import { atMost, cellWidth, left, right, type Line, type Style } from '../cells.ts';
import { areaChart, bar, chartPoints, type ChartMode } from '../charts.ts';
import { chosenSlices, chosenWindow, dollarsPerMinute } from '../chosen-window.ts';
import { cents, percent, roundDollars, shortCount } from '../figures.ts';
import { dollars } from '../format.ts';
import { frame } from '../frame.ts';
import type { DashboardState, Slice } from '../state.ts';
import type { View } from '../view.ts';
import { chartMode, type Panel, type PanelInput } from './panel.ts';

const labelWidth = 8;
const valueWidth = 12;
const axisWidth = 11;

/** What was spent, and how fast; the budget that is nearest its end. */
export const costPanel: Panel = (input) => {
  const { state, view, width, height, glyphs } = input;
  const inner = width - 4;
  const budget = fullest(state.snapshot?.budgets ?? []);
  const rows = [spent(state), ...(height >= 8 ? [rate(state, view)] : []), saved(state)];
  if (budget !== null) rows.push(budgetLine(budget, inner, chartMode(input)));
  if (height >= 10) rows.push([]);
  const lines = [...rows, ...chart(input, inner, Math.max(height - 2 - rows.length, 1))];
  return frame({
    ...{ title: '1 cost', note: ['estimate', 'dim'], lines, width, height, glyphs },
    focused: view.focus === 'cost',
  });
};

function spent({ snapshot }: DashboardState): Line {
  const today = snapshot?.today ?? null;
  return [
    ...field('run', snapshot === null ? '-' : dollars(snapshot.run.cost_usd)),
    ...ending('today', today === null ? '-' : dollars(today.cost_usd)),
  ];
}

function rate(state: DashboardState, view: View): Line {
  const perMinute = dollarsPerMinute(chosenWindow(state, view));
  return [
    ...field('rate', `${cents(perMinute)}/min`),
    ...ending('pace', `${cents(perMinute === null ? null : perMinute * 60)}/h`),
  ];
}

function saved({ snapshot }: DashboardState): Line {
  const unpriced = snapshot?.run.unpriced ?? 0;
  return [
    ...field('saved', snapshot === null ? '-' : dollars(snapshot.run.saved_usd)),
    unpriced > 0 ? [`+ ${shortCount(unpriced)} unpriced`, 'warn'] : '',
  ];
}

function field(label: string, value: string): Line {
  return [[left(label, labelWidth), 'dim'], value.padEnd(valueWidth)];
}

function ending(label: string, value: string): Line {
  return [[left(label, labelWidth), 'dim'], value];
}

interface Fullest {
  readonly budget: BudgetReport;
  readonly used: number;
}

function fullest(budgets: readonly BudgetReport[]): Fullest | null {
  const all = budgets.map((budget) => ({ budget, used: Math.max(0, ...budget.accounts.map(({ used }) => used)) }));
  return all.toSorted((a, b) => b.used - a.used)[0] ?? null;
}

function budgetLine({ budget, used }: Fullest, width: number, mode: ChartMode): Line {
  const { name, unit, limit, mode: strictness } = budget;
  const most = unit === 'usd' ? roundDollars(limit) : `${shortCount(limit)} tokens`;
  const said = ` ${percent(used)} of ${most}${strictness === 'hard' ? '' : ` ${strictness}`}`;
  const called = `${atMost(name, labelWidth)} `;
  const room = width - labelWidth - cellWidth(called) - cellWidth(said) - 2;
  const style = fullness(used);
  if (room < 4) return [[left('budget', labelWidth), 'dim'], called, [said.trimStart(), style]];
  return [[left('budget', labelWidth), 'dim'], called, '[', [bar(used, room, mode), style], ']', [said, style]];
}

function fullness(used: number): Style {
  if (used >= 1) return 'bad';
  return used >= 0.8 ? 'warn' : 'good';
}

const measures: Readonly<Record<View['measure'], (slice: Slice) => number>> = {
  cost: ({ costUsd }) => costUsd,
  tokens: ({ tokens }) => tokens,
  requests: ({ requests }) => requests,
};

/** Of the whole window, as far as it has come. */
function now(state: DashboardState, view: View): string {
  const window = chosenWindow(state, view);
  if (view.measure === 'cost') return `${cents(dollarsPerMinute(window))}/min`;
  const { input, cache_read: read, cache_write: written, output } = window?.tokens ?? noTokens;
  const amount = view.measure === 'tokens' ? input + read + written + output : (window?.requests ?? 0);
  const perMinute =
    window === null || window.seconds <= 0 ? '-' : shortCount(Math.round((amount * 60) / window.seconds));
  return `${perMinute} ${view.measure === 'tokens' ? 'tok/m' : 'req/m'}`;
}

const noTokens = { input: 0, cache_read: 0, cache_write: 0, output: 0 };

const units: Readonly<Record<View['measure'], string>> = { cost: '$/min', tokens: 'tokens/min', requests: 'req/min' };

/** The measure over the chosen window, each column as so much a minute. */
function chart(input: PanelInput, inner: number, height: number): Line[] {
  const { state, view } = input;
  const mode = chartMode(input);
  const width = inner - axisWidth - 1;
  const { seconds, slices } = chosenSlices(state, view, chartPoints(width, mode));
  const values = slices.map((slice) => (measures[view.measure](slice) * 60) / seconds);
  const labels = axis(input, values, height);
  return areaChart(values, { width, height, mode }).map((row, index) => [
    [row, 'accent'],
    ' ',
    [right(labels[index] ?? '', axisWidth), 'dim'],
  ]);
}

/** The largest value at the top and the unit at the bottom; beside a single line, how much it is now. */
function axis({ state, view }: PanelInput, values: readonly number[], height: number): string[] {
  const isCost = view.measure === 'cost';
  const most = Math.max(0, ...values.filter(Number.isFinite));
  if (height < 3) return [...Array.from({ length: height - 1 }, () => ''), now(state, view)];
  const top = isCost ? cents(most) : shortCount(most);
  return [top, ...Array.from({ length: height - 2 }, () => ''), units[view.measure]];
}
