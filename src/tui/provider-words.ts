import { atMost } from './cells.ts';
import { circuitWord, secondsToProbe } from './circuit-word.ts';
import { isBusy, providerRows } from './providers.ts';
import type { DashboardState } from './state.ts';
import type { Cell } from './table.ts';

/** Each provider with the word for its breaker, the troubled first: `google OPEN 38s`. */
export function providerWords(state: DashboardState): readonly Cell[] {
  const rows = providerRows(state).filter((row) => isBusy(row) && row.circuit !== null);
  const trouble = (state: string | undefined): number => (state === 'closed' ? 1 : 0);
  return rows
    .toSorted((a, b) => trouble(a.circuit?.state) - trouble(b.circuit?.state))
    .map(({ name, circuit }): Cell => {
      const [word, style] = circuitWord(circuit);
      const seconds = secondsToProbe(circuit);
      const wait = seconds === null ? '' : ` ${seconds}s`;
      return [`${atMost(name, 12)} ${word}${wait}`, style];
    });
}
