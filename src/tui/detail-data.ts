import type { Trace } from '../proxy/tracing/trace.ts';

/** A class of tokens and what they cost. */
export interface CostPart {
  readonly class: 'input' | 'cache_read' | 'cache_write' | 'cache_write_1h' | 'output';
  readonly tokens: number;
  readonly cost_usd: number;
}

type HeaderList = readonly (readonly [name: string, value: string])[];

/** What a proxy may tell of a request beyond its way; headers come redacted. */
interface MoreOfTrace {
  readonly headers?: { readonly request: HeaderList; readonly response: HeaderList } | null;
  readonly cost_parts?: readonly CostPart[] | null;
}

/** A request's way through the proxy, as far as it was told. */
export type DetailTrace = Trace & MoreOfTrace;

export interface RequestDetail {
  readonly trace?: DetailTrace;
}

/** `gone`: the proxy keeps no trace of it any more. */
export type Detail = RequestDetail | 'loading' | 'gone';
