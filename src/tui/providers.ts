import type { ProviderJson } from '../proxy/monitor/snapshot.ts';
import type { Circuit, DashboardState } from './state.ts';

/** What a provider's own answers say is left of one of its quotas. */
export type QuotaJson = NonNullable<ProviderJson['quota']>[number];

export interface ProviderRow {
  readonly name: string;
  /** Null before anything was asked of it. */
  readonly calls: ProviderJson | null;
  readonly circuit: Circuit | null;
  /** Those of its models whose circuits are not closed. */
  readonly models: readonly (readonly [name: string, circuit: Circuit])[];
}

/** The request list holds no more than this. */
const maxRows = 500;
/** Rates are taken over the last minutes, not over the whole list. */
const rateSeconds = 300;

/** All providers that are known: those with something to tell first, each group in the proxy's own order. */
export function providerRows({ snapshot, health }: DashboardState): readonly ProviderRow[] {
  const calls = snapshot?.providers ?? {};
  const circuits = health?.circuit_breakers ?? {};
  const rows = [...new Set([...Object.keys(circuits), ...Object.keys(calls)])].map((name): ProviderRow => {
    const circuit = Object.hasOwn(circuits, name) ? circuits[name]! : null;
    return {
      name,
      calls: Object.hasOwn(calls, name) ? calls[name]! : null,
      circuit,
      models: Object.entries(circuit?.models ?? {}),
    };
  });
  return [...rows.filter(isBusy), ...rows.filter((row) => !isBusy(row))];
}

/** It has had requests, or something is wrong with it. */
export function isBusy({ calls, circuit, models }: ProviderRow): boolean {
  return (calls?.requests ?? 0) > 0 || (calls?.in_flight ?? 0) > 0 || isTroubled(circuit) || models.length > 0;
}

export function isTroubled(circuit: Circuit | null): boolean {
  return circuit !== null && circuit.state !== 'closed';
}

/**
 * Requests a minute that a provider got in the last five minutes, or in as much of them as the list of requests and
 * the run of the proxy cover: `/stats` has no windows by provider. Null where that is no time at all.
 */
export function requestsPerMinute({ requests, snapshot, now }: DashboardState, provider: string): number | null {
  const oldest = requests.length < maxRows ? undefined : requests.at(-1);
  const listed = oldest === undefined ? rateSeconds : (now - oldest.time) / 1000;
  const seconds = Math.min(rateSeconds, listed, snapshot?.run.seconds ?? 0);
  if (seconds <= 0) return null;
  const since = now - seconds * 1000;
  const count = requests.filter((row) => row.provider === provider && row.time >= since).length;
  return (count * 60) / seconds;
}
