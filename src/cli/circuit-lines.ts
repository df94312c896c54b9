import { plainText } from '../tui/plain-text.ts';

/** A circuit breaker in `/health`, as far as it is shown. */
interface CircuitReport extends OwnReport {
  /** Those of its models whose circuits are not closed. */
  readonly models: Readonly<Record<string, OwnReport>>;
}

interface OwnReport {
  readonly state: string;
  /** Null where requests pass. */
  readonly retry_after_seconds: number | null;
  /** A status or a code. */
  readonly last_failure: string | null;
}

/** By provider. */
export type CircuitReports = Readonly<Record<string, CircuitReport>>;

/** A line for each circuit breaker that is not closed: the others are as they should be. */
export function circuitLines(circuits: CircuitReports): string[] {
  return Object.entries(circuits).flatMap(([name, circuit]) => [
    ...(circuit.state === 'closed' ? [] : [lineOf(name, circuit)]),
    ...Object.entries(circuit.models).map(([model, own]) => lineOf(`${name}/${model}`, own)),
  ]);
}

function lineOf(name: string, { state, retry_after_seconds: seconds, last_failure: last }: OwnReport): string {
  const facts = [state.replaceAll('_', ' ')];
  if (state === 'half_open') facts.push('one request tries it again');
  else if (state === 'open') facts.push(seconds === 0 ? 'the next request tries it again' : `${seconds} s left`);
  else facts.push(`until 'tokenpak breaker auto ${name}'`);
  if (last !== null) facts.push(`last failure ${last.replaceAll('_', ' ')}`);
  return plainText(`circuit ${name}: ${facts.join(', ')}`);
}
