import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';

/** How many requests were sent to the proxy, and how many it says that there were. */
export interface Accounting {
  readonly sent: number;
  readonly stats: number;
  readonly ledger: number;
}

async function requestsInStats(port: number): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${port}/stats`);
  const { run } = (await response.json()) as { run: { requests: number } };
  return run.requests;
}

const patienceMs = 2000;

/** The number of requests that a running proxy has counted since its start. The last ones get a moment to arrive there. */
export async function countedByStats(port: number, sent: number): Promise<number> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const counted = await requestsInStats(port);
    if (counted === sent || performance.now() > deadline) return counted;
    await setTimeout(50);
  }
}

/** Counts the lines of a ledger segment that end a request. */
export function countEndRecords(segment: string): number {
  const isEnd = (line: string): boolean => {
    try {
      return (JSON.parse(line) as { type?: unknown }).type === 'end';
    } catch {
      return false;
    }
  };
  return segment.split('\n').filter(isEnd).length;
}

/** The number of requests whose end stands in the ledger under a home's data directory. */
export function requestsInLedger(home: string): number {
  const dataDir = path.join(home, 'data');
  const names = readdirSync(dataDir, { recursive: true, encoding: 'utf8' });
  const segments = names.filter((name) => name.endsWith('.jsonl'));
  return segments.reduce((sum, name) => sum + countEndRecords(readFileSync(path.join(dataDir, name), 'utf8')), 0);
}

/** Why a run is worth nothing: requests that were not counted are requests whose price was not paid. Null if all is well. */
export function accountingFault({ sent, stats, ledger }: Accounting): string | null {
  if (stats === sent && ledger === sent) return null;
  return `${sent} requests were sent; /stats has counted ${stats}, the ledger ${ledger}`;
}
