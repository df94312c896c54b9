import type { RequestRecord } from '../record.ts';
import { type Trace, traceOf, type TraceSummary, traceSummary } from './trace.ts';

const maxTraces = 200;

export interface Tracing {
  readonly finished: (record: RequestRecord) => void;
  /** At most `limit` traces, newest first. */
  readonly newest: (limit: number) => TraceSummary[];
  /** The way of one request, or null where it is not known any more. */
  readonly trace: (id: string) => Trace | null;
}

/** Keeps the last requests' ways through the proxy; the names in a record are bounded, so their number bounds the memory. A trace is put together when somebody asks for it. */
export function createTracing(): Tracing {
  const records: RequestRecord[] = [];
  return {
    finished(record) {
      records.push(record);
      if (records.length > maxTraces) records.shift();
    },
    newest: (limit) =>
      records
        .slice(Math.max(0, records.length - limit))
        .toReversed()
        .map(traceSummary),
    trace(id) {
      const record = records.find((candidate) => candidate.id === id);
      return record ? traceOf(record) : null;
    },
  };
}
