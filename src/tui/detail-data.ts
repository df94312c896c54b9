import type { Trace } from '../proxy/tracing/trace.ts';

export type DetailTrace = Trace;
/** A class of tokens and what they cost. */
export type CostPart = NonNullable<Trace['cost_parts']>[number];

interface RequestDetail {
  readonly trace?: Trace;
}

/** `gone`: the proxy keeps no trace of it any more. */
export type Detail = RequestDetail | 'loading' | 'gone';
