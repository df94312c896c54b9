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

/** What comes next of a circuit that is not closed: `probe 38s`, `probing`; '' where nothing does by itself. */
export function nextProbe(circuit: Circuit | null): string {
  if (circuit?.state === 'half_open') return 'probing';
  const seconds = secondsToProbe(circuit);
  if (seconds === null) return '';
  return seconds > 0 ? `probe ${seconds}s` : 'probe now';
}

/** Null where none comes: who forced a circuit open has to close it, whatever refused clients are told of a later try. */
export function secondsToProbe(circuit: Circuit | null): number | null {
  if (circuit?.state !== 'open' || circuit.retry_after_seconds === null) return null;
  return Math.ceil(circuit.retry_after_seconds);
}
