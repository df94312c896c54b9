import { plainText } from './terminal.ts';

/** A circuit breaker in `/health`, as far as it is shown. */
interface CircuitReport {
  readonly state: string;
  /** Null where requests pass. */
  readonly retry_after_seconds: number | null;
  /** A status or a code. */
  readonly last_failure: string | null;
  /** The states of those of its models that are not closed. */
  readonly models: Readonly<Record<string, string>>;
}

/** By provider. */
export type CircuitReports = Readonly<Record<string, CircuitReport>>;

/** A line for each circuit breaker that is not closed: the others are as they should be. */
export function circuitLines(circuits: CircuitReports): string[] {
  return Object.entries(circuits).flatMap(([name, circuit]) => [
    ...(circuit.state === 'closed' ? [] : [lineOf(name, circuit.state, ownFacts(circuit))]),
    ...Object.entries(circuit.models).map(([model, state]) => lineOf(`${name}/${model}`, state, [])),
  ]);
}

function lineOf(name: string, state: string, facts: readonly string[]): string {
  const isForced = state.startsWith('forced');
  const all = [state.replaceAll('_', ' '), ...facts, ...(isForced ? [`until 'tokenpak breaker auto ${name}'`] : [])];
  return plainText(`circuit ${name}: ${all.join(', ')}`);
}

function ownFacts({ state, retry_after_seconds: seconds, last_failure: last }: CircuitReport): string[] {
  const facts = last === null ? [] : [`last failure ${last.replaceAll('_', ' ')}`];
  if (state === 'half_open') return ['one request tries it again', ...facts];
  if (state !== 'open') return facts;
  return [seconds === null || seconds === 0 ? 'tried again by the next request' : `${seconds} s left`, ...facts];
}
