import type { Dialect } from './dialect.ts';
import type { Cost } from './token-counter/cost.ts';
import type { UsageEvidence } from './token-counter/reading.ts';
import type { Exactness, Tokens } from './token-counter/usage.ts';

/** How an exchange ended. The list is API: it stands in the ledger, in `/recent` and in the metrics. */
export type Outcome =
  | 'ok'
  | 'upstream_error'
  | 'upstream_stream_error'
  | 'upstream_unreachable'
  | 'upstream_timeout'
  | 'upstream_protocol'
  | 'upstream_truncated'
  | 'client_abort'
  | 'client_stalled'
  | 'rejected_auth'
  | 'rejected_origin'
  | 'rejected_rate'
  | 'rejected_budget'
  | 'rejected_circuit'
  | 'rejected_overload'
  | 'rejected_invalid'
  | 'internal_error'
  | 'shutdown_cut'
  | 'crash_unknown';

/** What a request is for: told from its path and body alone, never from the prompt's text. */
export const intentKinds = ['generate', 'count', 'embed', 'list', 'file', 'batch', 'other'] as const;
export type IntentKind = (typeof intentKinds)[number];

export interface Intent {
  readonly kind: IntentKind;
  readonly streamed: boolean;
  readonly tools: boolean;
  /** Which kind of turn an agent says it is; null where the client does not say. */
  readonly turn: 'turn' | 'subagent' | 'side' | null;
}

/** Why an attempt counts as failed, in the words that routes choose by. */
export const attemptCauses = [
  'connect',
  'timeout',
  '429',
  'quota',
  '5xx',
  'overloaded',
  'contextLength',
  'open',
] as const;
export type AttemptCause = (typeof attemptCauses)[number];

/** One call to one provider. */
export interface Attempt {
  readonly provider: string;
  /** The model that was asked of it, where that is not the request's own. */
  model?: string;
  /** The provider's HTTP status, or null where it gave none. */
  status: number | null;
  outcome: Outcome | null;
  ms: number;
  /** Its first bytes have gone out. */
  isSent?: boolean;
  /** Why another attempt followed it. */
  cause?: AttemptCause;
  /** Its failure says nothing of the provider: a deadline that the user made shorter. */
  isNeutral?: boolean;
  /** Raw names and values of the answer, as they went on to the client; left out where there was none. */
  replyHeaders?: readonly string[] | undefined;
}

/** A target that a route could have chosen, and what became of it. */
interface Candidate {
  readonly provider: string;
  readonly model: string | null;
  /** `cooling`: it has asked to be left alone for a while. */
  readonly breaker: 'closed' | 'half_open' | 'open' | 'forced_open' | 'forced_closed';
  readonly isCooling: boolean;
  /** Whether it was tried; null where it was not, or why not. */
  readonly verdict: 'tried' | 'skipped' | 'unused';
}

/** How the provider was chosen. */
export interface RouteFacts {
  /** The rule, as `routes[0]`; null where the user's configuration has none for the request. */
  readonly rule: string | null;
  readonly choose: string | null;
  /** The session was sent where it had been before. */
  readonly sticky: boolean;
  readonly candidates: readonly Candidate[];
  /** Kept by the ledger, which writes it: most requests of a route share these facts. */
  ledgerJson?: string;
}

/** What a limit made of a request. */
export interface LimitFacts {
  readonly limit: string;
  readonly subject: string;
  /** `shadow`: it would have been refused. */
  readonly verdict: 'passed' | 'refused' | 'shadow';
  readonly retryAfterMs: number;
  /** Kept by the ledger, which writes it: neighbouring requests of a subject share these facts. */
  ledgerJson?: string;
}

/** What a budget made of a request. */
export interface BudgetFacts {
  /** What the ledger keeps its accounts under. */
  readonly budget: string;
  readonly subject: string;
  /** The day or the month that it is charged to; '' where the account knows no dates. */
  readonly window: string;
  /** These three as JSON, joined by commas: several lines of the ledger begin so for every request. */
  readonly names: string;
  /** Nothing is charged to anybody: each request stands alone. */
  readonly isAlone: boolean;
  readonly unit: 'usd' | 'tokens';
  readonly mode: 'hard' | 'soft' | 'shadow';
  readonly verdict: 'passed' | 'warned' | 'refused' | 'shadow';
  /** Held for the request until it ended; picodollars or tokens. */
  readonly reserved: number;
  /** What was left before that. */
  readonly left: number;
  /** What it is charged with, where its cost or its tokens do not say that; else null. */
  charged: number | null;
}

/** Who asks: every part is a name the client gave of itself, or null. */
export interface Caller {
  readonly address: string;
  /** The name of the access key. */
  readonly key: string | null;
  readonly project: string | null;
  readonly session: string | null;
  readonly agent: string | null;
}

/** Monotonic milliseconds at which things happened to an exchange; 0 where they did not. */
export interface Marks {
  readonly received: number;
  bodyRead: number;
  /** When the request was handed to the provider's connection (the last target's first attempt). */
  sent: number;
  /** When the bytes arrived that let our head go: the first of a stream, the last of a reply that is held. */
  providerReady: number;
  /** When our head was handed to the client's socket. */
  replied: number;
  ended: number;
}

/** A stage of the pipeline and when it was entered, in monotonic milliseconds. */
interface StageMark {
  readonly stage: string;
  readonly at: number;
}

/** The facts of one exchange. Stages and observers write to it; sinks are handed it once, when all is over. */
export interface RequestRecord {
  readonly id: string;
  /** Unix milliseconds at which the request's head was received. */
  readonly time: number;
  readonly method: string;
  /**
   * Raw names and values as the client sent them, credentials included: nobody may show or keep them as they are. Left
   * out of records that are read from the ledger.
   */
  readonly requestHeaders?: readonly string[];
  /** The path without prefixes and without its query, which can hold a key. */
  path: string;
  caller: Caller;
  dialect: Dialect | null;
  intent: Intent;
  provider: string | null;
  /** The model that answered, as the provider names it; the asked one until then. */
  model: string | null;
  askedModel: string | null;
  /** The HTTP status that the client got; 0 where it left before it got one. */
  status: number;
  outcome: Outcome | null;
  errorCode: string | null;
  tokens: Tokens | null;
  cost: Cost;
  exactness: Exactness;
  /** The provider's own words on the usage; left out where it sent none, or more than is kept. */
  evidence?: UsageEvidence;
  cache: string | null;
  readonly attempts: Attempt[];
  route: RouteFacts | null;
  limits: readonly LimitFacts[];
  budgets: readonly BudgetFacts[];
  /** What `x-tokenpak-warn` tells the client of budgets that are nearly used up; null where none is. */
  warning: string | null;
  readonly stages: StageMark[];
  readonly marks: Marks;
  bytesIn: number;
  bytesOut: number;
}

/** Is handed each finished record once. It must not throw and must not change it. */
export type RecordSink = (record: RequestRecord) => void;
