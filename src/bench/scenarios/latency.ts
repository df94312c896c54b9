import type { Bench } from '../bench.ts';
import type { Measure } from '../measure.ts';
import { addedLatency } from './added-latency.ts';

/** Bodies from a short question to a long session of a coding agent. */
export async function latency(bench: Bench): Promise<Measure[]> {
  const at = (name: string, bodyBytes: number, rest: { requestsPerTurn: number; limit: number }) =>
    addedLatency(bench, { name: `p50, one connection, ${name}`, bodyBytes, streamed: false, ...rest });
  return [
    await at('1 KB', 1024, { requestsPerTurn: 50, limit: 1.5 }),
    await at('200 KB', 200 * 1024, { requestsPerTurn: 20, limit: 2 }),
    await at('1 MB', 1024 * 1024, { requestsPerTurn: 8, limit: 2 }),
  ];
}

/** The time to a stream's first event. */
export async function firstEvent(bench: Bench): Promise<Measure[]> {
  const name = "stream's first event, p50";
  return [await addedLatency(bench, { name, bodyBytes: 1024, streamed: true, requestsPerTurn: 30, limit: 1.5 })];
}
