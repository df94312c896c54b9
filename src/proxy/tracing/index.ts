import type { RequestRecord } from '../record.ts';
import { type Trace, traceOf, type TraceSummary, traceSummary } from './trace.ts';

const maxTraces = 200;
/** Clients choose the names in a record, so their number alone is no bound. */
const maxBytes = 1024 * 1024;
/** About what a record takes besides its names. */
const recordBytes = 2048;

export interface Tracing {
  readonly finished: (record: RequestRecord) => void;
  /** At most `limit` traces, newest first. */
  readonly newest: (limit: number) => TraceSummary[];
  /** The way of one request, or null where it is not known any more. */
  readonly trace: (id: string) => Trace | null;
}

/** Keeps the last requests' ways through the proxy. A trace is put together when somebody asks for it. */
export function createTracing(): Tracing {
  const records: RequestRecord[] = [];
  let bytes = 0;
  return {
    finished(record) {
      records.push(record);
      bytes += bytesOf(record);
      while (records.length > maxTraces || bytes > maxBytes) bytes -= bytesOf(records.shift()!);
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

function bytesOf({ path, model, askedModel, caller }: RequestRecord): number {
  const { project, session, agent } = caller;
  let characters = path.length;
  for (const name of [model, askedModel, project, session, agent]) characters += name?.length ?? 0;
  return recordBytes + characters * 2;
}
