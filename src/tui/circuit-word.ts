import type { Style } from './cells.ts';
import type { Circuit, CircuitState } from './state.ts';

const words: Readonly<Record<CircuitState, readonly [word: string, style: Style]>> = {
  closed: ['CLOSED', 'good'],
  half_open: ['HALF', 'warn'],
  open: ['OPEN', 'bad'],
  forced_open: ['FORCED OPEN', 'bad'],
  forced_closed: ['FORCED CLOSED', 'warn'],
};

/** A breaker's state as a word, and how it looks; `-` where there is no breaker. */
export function circuitWord(circuit: Circuit | null): readonly [word: string, style: Style] {
  return circuit === null ? ['-', 'dim'] : words[circuit.state];
}

/** What comes next of a circuit that is not closed: `probe 38s`, `probing`; '' where nothing does. */
export function nextProbe(circuit: Circuit | null): string {
  if (circuit?.state === 'half_open') return 'probing';
  if (circuit === null || circuit.state === 'closed' || circuit.retry_after_seconds === null) return '';
  return `probe ${Math.ceil(circuit.retry_after_seconds)}s`;
}
