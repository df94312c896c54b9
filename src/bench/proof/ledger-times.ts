import { createReadStream, readdirSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { sumLedger } from '../../proxy/ledger/index.ts';
import type { TimeSpan } from './findings.ts';
import { Histogram } from './histogram.ts';

/** What the ledger of a proxy that has ended tells. */
export interface LedgerTimes {
  /** Requests that have ended. */
  readonly requests: number;
  /**
   * What the proxy needed for requests that came in one of the spans: from the request's first byte to the answer's head,
   * the provider's time not counted.
   */
  readonly overhead: Histogram;
}

/** As far as it is needed here. */
interface EndLine {
  readonly type: string;
  readonly request?: {
    readonly time: string;
    readonly latency_ms: { readonly read: number | null; readonly overhead: number };
  };
}

/** @returns null where the line is damaged, or not the end of a request */
export function readEndLine(line: string): { readonly atMs: number; readonly overheadMs: number } | null {
  if (!line.includes('"type":"end"')) return null;
  try {
    const { type, request } = JSON.parse(line) as EndLine;
    if (type !== 'end' || request === undefined) return null;
    const { read, overhead } = request.latency_ms;
    return { atMs: Date.parse(request.time), overheadMs: (read ?? 0) + overhead };
  } catch {
    return null;
  }
}

/** Reads all segments below a home's data directory, line by line: those of a long run are larger than a string can be. */
export async function readLedgerTimes(home: string, spans: readonly TimeSpan[]): Promise<LedgerTimes> {
  const directory = path.join(home, 'data');
  const overhead = new Histogram();
  let requests = 0;
  const names = readdirSync(directory, { recursive: true, encoding: 'utf8' });
  for (const name of names.filter((file) => file.endsWith('.jsonl'))) {
    for await (const line of createInterface({ input: createReadStream(path.join(directory, name)) })) {
      const end = readEndLine(line);
      if (end === null) continue;
      requests += 1;
      if (spans.some(({ from, to }) => end.atMs >= from && end.atMs <= to)) overhead.add(end.overheadMs);
    }
  }
  // The oldest segments of very many requests have become daily totals, which are counted with them here.
  const { folded, total } = await sumLedger(directory, { since: 0, by: 'day' });
  return { requests: folded === null ? requests : total.requests, overhead };
}
