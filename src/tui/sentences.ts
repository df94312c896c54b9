import { oneLine } from './cells.ts';
import { circuitWord } from './circuit-word.ts';
import { cacheRate, percent } from './figures.ts';
import { count, dollars, elapsed } from './format.ts';
import { providerRows } from './providers.ts';
import type { DashboardState } from './state.ts';

/** What has changed between two states, in plain sentences for those who hear a screen. Nothing changed: none. */
export function sentences(before: DashboardState | null, after: DashboardState): string[] {
  return [
    ...connectionSentences(before, after),
    ...circuitSentences(before, after),
    ...noticeSentences(before, after),
    ...totalSentences(before, after),
  ];
}

function connectionSentences(before: DashboardState | null, { connection, url, notices }: DashboardState): string[] {
  if (before?.connection.state === connection.state) return [];
  if (connection.state === 'lost') {
    const known = new Set(before?.notices ?? []);
    // The notice says why as well.
    const isTold = notices.some((notice) => !known.has(notice) && /does not answer/u.test(notice.message));
    return isTold ? [] : ['The proxy does not answer.'];
  }
  return connection.state === 'live' ? [`Connected to ${url}.`] : [];
}

function circuitSentences(before: DashboardState | null, after: DashboardState): string[] {
  if (before === null) return [];
  const words = new Map(providerRows(before).map(({ name, circuit }) => [name, circuitWord(circuit)[0]]));
  return providerRows(after).flatMap(({ name, circuit }) => {
    const [word] = circuitWord(circuit);
    const earlier = words.get(name);
    return earlier === undefined || earlier === word ? [] : [`The breaker of ${oneLine(name)} is ${word}.`];
  });
}

function noticeSentences(before: DashboardState | null, { notices }: DashboardState): string[] {
  const known = new Set(before?.notices ?? []);
  return notices
    .filter((notice) => !known.has(notice) && notice.level !== 'info')
    .map(({ message }) => `${oneLine(message)}.`)
    .toReversed();
}

function totalSentences(before: DashboardState | null, { snapshot }: DashboardState): string[] {
  if (snapshot === null) return [];
  const { run, today, in_flight: inFlight } = snapshot;
  const earlier = before?.snapshot;
  if (earlier?.run.requests === run.requests && earlier.run.cost_usd === run.cost_usd) return [];
  const unpriced = run.unpriced > 0 ? ` and ${run.unpriced} of unknown price` : '';
  const p99 = run.latency_ms.overhead === null ? '' : ` Overhead p99 ${elapsed(run.latency_ms.overhead.p99)}.`;
  const day = today === null ? '' : ` Today ${dollars(today.cost_usd)}.`;
  return [
    `${many(run.requests, 'request')}, ${many(run.errors, 'error')}, ${inFlight} in flight.` +
      ` Cost ${dollars(run.cost_usd)}${unpriced}, an estimate.${day}` +
      ` Prompt cache ${percent(cacheRate(run.tokens), 0)}.${p99}`,
  ];
}

function many(amount: number, what: string): string {
  return `${count(amount)} ${what}${amount === 1 ? '' : 's'}`;
}
