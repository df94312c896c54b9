import type { Marks, Outcome } from '../record.ts';
import { boundedName } from '../request-json.ts';
import { stageMs } from '../stage-times.ts';
import type { CostPart } from '../token-counter/cost.ts';
import { redactedHeaders, type ShownHeader } from './redacted-headers.ts';
import type { TraceSource } from './trace-slot.ts';

/** One request in the list of traces. */
export interface TraceSummary {
  readonly id: string;
  readonly time: string;
  readonly method: string;
  /** Without its query, which can hold a key. */
  readonly path: string;
  readonly provider: string | null;
  readonly model: string | null;
  readonly status: number;
  readonly outcome: Outcome | null;
  readonly total_ms: number;
}

/** One request's way through the proxy; times are milliseconds since its head was received. */
export interface Trace extends TraceSummary {
  readonly version: 1;
  readonly error_code: string | null;
  readonly stages: readonly { readonly stage: string; readonly entered_ms: number; readonly ms: number }[];
  /** Null where it did not come that far. */
  readonly marks_ms: Readonly<Record<'body_read' | 'sent' | 'provider_ready' | 'replied' | 'ended', number | null>>;
  readonly attempts: readonly {
    readonly provider: string;
    readonly status: number | null;
    readonly outcome: Outcome | null;
    readonly ms: number;
  }[];
  /** Redacted; null where they were too large to keep. The answer's are the provider's own, of the last attempt. */
  readonly headers: { readonly request: readonly ShownHeader[]; readonly response: readonly ShownHeader[] } | null;
  /** What each class of tokens cost; null where that cannot be told to the picodollar. */
  readonly cost_parts: readonly CostPartJson[] | null;
}

interface CostPartJson {
  readonly class: CostPart['class'];
  readonly tokens: number;
  readonly cost_usd: number;
  readonly cost_picodollars: string;
}

/** What a trace is told with. */
export interface TraceParts {
  /** Takes out of a text whatever looks like a credential. */
  readonly redact: (text: string) => string;
  /** What each class of a request's tokens cost, or null where that is not known any more. */
  readonly costParts: (request: TraceSource) => CostPart[] | null;
}

export function traceSummary(record: TraceSource): TraceSummary {
  const { marks, model } = record;
  return {
    id: record.id,
    time: new Date(record.time).toISOString(),
    method: record.method,
    path: boundedName(record.path),
    provider: record.provider,
    model: model === null ? null : boundedName(model),
    status: record.status,
    outcome: record.outcome,
    total_ms: since(marks, marks.ended) ?? 0,
  };
}

export function traceOf(record: TraceSource, { redact, costParts }: TraceParts): Trace {
  const { marks, stages, attempts, headers } = record;
  return {
    version: 1,
    ...traceSummary(record),
    error_code: record.errorCode,
    stages: stages.map(({ stage, at }, index) => ({
      stage,
      entered_ms: rounded(at - marks.received),
      ms: rounded(stageMs(record, index)),
    })),
    marks_ms: {
      body_read: since(marks, marks.bodyRead),
      sent: since(marks, marks.sent),
      provider_ready: since(marks, marks.providerReady),
      replied: since(marks, marks.replied),
      ended: since(marks, marks.ended),
    },
    attempts: attempts.map(({ provider, status, outcome, ms }) => ({ provider, status, outcome, ms: rounded(ms) })),
    headers: headers === null ? null : redactedHeaders(headers, redact),
    cost_parts: costParts(record)?.map(costPartJson) ?? null,
  };
}

function costPartJson({ class: name, tokens, picodollars }: CostPart): CostPartJson {
  return { class: name, tokens, cost_usd: picodollars / 1e12, cost_picodollars: String(picodollars) };
}

function since({ received }: Marks, mark: number): number | null {
  return mark === 0 ? null : rounded(mark - received);
}

/** To a microsecond. */
function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
