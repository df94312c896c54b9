import { fitLine, type Line, type Span } from './cells.ts';
import { chosenWindow } from './chosen-window.ts';
import { connectionWord } from './connection-word.ts';
import { cacheRate, percent } from './figures.ts';
import { dollars, elapsed } from './format.ts';
import { providerWords } from './provider-words.ts';
import type { DashboardState } from './state.ts';
import { verdict } from './target.ts';
import type { View } from './view.ts';

/** `pak $4.18 today $11.02 | cache 92% | p99 12ms | anthropic CLOSED`: all that a tiny terminal has room for. */
export function statusLine(state: DashboardState, view: View, columns: number): Line {
  return fitLine(
    sections(state, view).flatMap((section, index) => (index === 0 ? section : [' | ', ...section])),
    columns,
  );
}

function sections(state: DashboardState, view: View): readonly Line[] {
  const { snapshot, connection } = state;
  if (snapshot === null || connection.state !== 'live') return [['pak ', connectionWord(state)]];
  const window = chosenWindow(state, view);
  const today = snapshot.today === null ? '' : ` today ${dollars(snapshot.today.cost_usd)}`;
  const p99Ms = window?.latency_ms.overhead?.p99 ?? null;
  const p99: Span =
    p99Ms === null ? ['p99 -', 'dim'] : [`p99 ${elapsed(p99Ms)}`, verdict(p99Ms, window!.requests).style];
  return [
    [`pak ${dollars(snapshot.run.cost_usd)}${today}`],
    [`cache ${percent(window === null ? null : cacheRate(window.tokens))}`],
    [p99],
    ...providerWords(state).map((word): Line => [word]),
  ];
}
