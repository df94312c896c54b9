import type { DashboardStore } from '../tui/store.ts';

type Json = Readonly<Record<string, unknown>>;

/** Answers of a proxy that has had something to do. */
export interface ToldByProxy {
  readonly stats: Json;
  readonly health: Json;
  /** Of `/recent`; one at least. */
  readonly requests: readonly Json[];
}

/** 25 requests a second at 4 frames a second. */
const requestsPerFrame = 6;
const framesOnTheWay = 4;

/** Plays what a proxy has told again and again: other requests each time, and counters that go on. */
export function createReplay(told: ToldByProxy, store: DashboardStore): (now: number) => void {
  const onTheWay: Json[][] = [];
  let count = 0;
  store.event('hello', told.stats, 0);
  store.connected({ state: 'live' });
  store.health(told.health);

  const begin = (now: number): Json => {
    const { id: _, ...request } = told.requests[count % told.requests.length] as Json;
    count += 1;
    const cost = typeof request.cost_usd === 'number' ? request.cost_usd * (1 + (count % 97) / 97) : null;
    return { ...request, id: `replayed-${count}`, time: new Date(now).toISOString(), cost_usd: cost };
  };

  return (now) => {
    const begun = Array.from({ length: requestsPerFrame }, () => begin(now));
    onTheWay.push(begun);
    for (const { id, time, model, provider, session, agent, stream } of begun) {
      store.event('started', { id, time, model, provider, session, agent, stream }, now);
    }
    for (const { id, tokens, cost_usd } of onTheWay.flat()) store.event('progress', { id, tokens, cost_usd }, now);
    if (onTheWay.length > framesOnTheWay) {
      for (const request of onTheWay.shift() ?? []) store.event('ended', request, now);
    }
    store.stats(countedTo(told.stats, count, now), now);
  };
}

function countedTo(stats: Json, count: number, now: number): Json {
  const run = stats.run as Json & { requests: number; cost_usd: number };
  const grown = { ...run, requests: run.requests + count, cost_usd: run.cost_usd * (1 + count / 1000) };
  return { ...stats, time: new Date(now).toISOString(), run: grown, in_flight: requestsPerFrame * framesOnTheWay };
}
