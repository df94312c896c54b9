import type { Line } from './cells.ts';
import { chosenWindow, dollarsPerMinute } from './chosen-window.ts';
import { cacheRate, cents, milliseconds, percent } from './figures.ts';
import { dollars } from './format.ts';
import { frame } from './frame.ts';
import type { PanelInput } from './panels/panel.ts';
import { providerWords } from './provider-words.ts';
import { pieces, type Cell } from './table.ts';
import { verdict } from './target.ts';

/** All panels but the requests in one box of five lines: what a small terminal has room for. */
export function smallBox({ state, view, width, glyphs }: Omit<PanelInput, 'height' | 'requests'>): Line[] {
  const inner = width - 4;
  const providers = providerWords(state);
  const lines = [
    pieces(money(state, view), inner),
    pieces(cacheAndLatency(state, view), inner),
    providers.length === 0 ? [['No provider was asked yet.', 'dim'] as const] : pieces(providers, inner),
  ];
  return frame({ title: 'overview', note: ['estimate', 'dim'], lines, width, height: 5, glyphs });
}

function money(state: PanelInput['state'], view: PanelInput['view']): readonly Cell[] {
  const { snapshot } = state;
  if (snapshot === null) return ['cost -'];
  const today = snapshot.today === null ? '-' : dollars(snapshot.today.cost_usd);
  const { unpriced } = snapshot.run;
  return [
    `cost ${dollars(snapshot.run.cost_usd)} (today ${today})`,
    `${cents(dollarsPerMinute(chosenWindow(state, view)))}/min`,
    unpriced > 0 ? [`+ ${unpriced} unpriced`, 'warn'] : '',
    `saved ${dollars(snapshot.run.saved_usd)}`,
  ];
}

function cacheAndLatency(state: PanelInput['state'], view: PanelInput['view']): readonly Cell[] {
  const window = chosenWindow(state, view);
  const rate = window === null ? null : cacheRate(window.tokens);
  const p99Ms = window?.latency_ms.overhead?.p99 ?? null;
  const overhead: Cell = p99Ms === null ? ['p99 overhead -', 'dim'] : judged(p99Ms, window!.requests);
  return [`cache prompt ${percent(rate, 1)}  reply -`, overhead];
}

function judged(p99Ms: number, requests: number): Cell {
  const { word, style } = verdict(p99Ms, requests);
  return [`p99 overhead ${milliseconds(p99Ms)} ms ${word}`.trimEnd(), style];
}
