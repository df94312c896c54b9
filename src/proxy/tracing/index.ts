import type { RequestRecord } from '../record.ts';
import { type Trace, traceOf, type TraceParts, type TraceSummary, traceSummary } from './trace.ts';
import { TraceSlot } from './trace-slot.ts';

const maxTraces = 200;

export interface Tracing {
  readonly finished: (record: RequestRecord) => void;
  /** At most `limit` traces, newest first. */
  readonly newest: (limit: number) => TraceSummary[];
  /** The way of one request, or null where it is not known any more. */
  readonly trace: (id: string) => Trace | null;
}

/** Keeps the last requests' ways through the proxy; the names in a record are bounded, so their number bounds the memory. A trace is put together when somebody asks for it. */
export function createTracing(parts: TraceParts): Tracing {
  const slots: TraceSlot[] = [];
  let next = 0;
  return {
    finished(record) {
      (slots[next] ??= new TraceSlot()).keep(record);
      next = (next + 1) % maxTraces;
    },
    newest(limit) {
      const oldestFirst = [...slots.slice(next), ...slots.slice(0, next)];
      const newestFirst = oldestFirst.toReversed().slice(0, limit);
      return newestFirst.flatMap((slot) => slot.source() ?? []).map(traceSummary);
    },
    trace(id) {
      const source = slots.find((slot) => slot.holds(id))?.source();
      return source ? traceOf(source, parts) : null;
    },
  };
}
