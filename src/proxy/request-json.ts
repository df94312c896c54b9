import { withoutAccessKeys } from './access-key.ts';
import { jsonText } from './json-text.ts';
import type { Attempt, Marks, RequestRecord } from './record.ts';
import type { Cost } from './token-counter/cost.ts';
import type { Tokens } from './token-counter/usage.ts';

/** How long one exchange took, in milliseconds rounded to microseconds; null where it did not come that far. */
export interface Latency {
  /** Reading the client's body. */
  readonly read: number | null;
  /** What tokenpak added: body to provider, and the provider's head to ours. */
  readonly overhead: number;
  /** From the request's head to ours. */
  readonly firstByte: number | null;
  readonly total: number;
}

/** Names are chosen by clients; a longer one is cut wherever it is kept. */
const maxNameCharacters = 256;
const picodollarsPerDollar = 1e12;

/**
 * A finished request as JSON: the one shape that the ledger, `/recent` and `/events` share. A template rather than
 * JSON.stringify, since every request pays for it. It holds no path, query, key or content.
 */
export function requestJson(record: RequestRecord): string {
  const { caller, intent, cost } = record;
  const costUsd = cost.picodollars === null ? 'null' : String(cost.picodollars / picodollarsPerDollar);
  return (
    `{"version":1,"id":${text(record.id)},"time":"${new Date(record.time).toISOString()}"` +
    `,"provider":${text(record.provider)},"model":${text(record.model)},"asked_model":${text(record.askedModel)}` +
    `,"dialect":${text(record.dialect)},"intent":"${intent.kind}","key":${text(caller.key)},"project":${text(caller.project)}` +
    `,"session":${text(caller.session)},"agent":${text(caller.agent)},"stream":${intent.streamed}` +
    `,"tools":${intent.tools},"turn":${text(intent.turn)},"status":${record.status},"outcome":${text(record.outcome)}` +
    `,"tokens":${tokensJson(record.tokens)},"cost_usd":${costUsd}${costJson(cost)}` +
    `,"exactness":"${record.exactness}","cache":${text(record.cache)}` +
    `,"attempts":${attemptsJson(record.attempts, costUsd)}` +
    `,"latency_ms":${latencyJson(latencyOf(record))}}`
  );
}

/** Where an exchange's time went. A part of which one end is not marked did not happen, and counts nothing. */
export function latencyOf({ marks }: RequestRecord): Latency {
  return {
    read: between(marks.received, marks.bodyRead),
    overhead: overheadOf(marks),
    firstByte: between(marks.received, marks.replied),
    total: between(marks.received, marks.ended) ?? 0,
  };
}

function overheadOf({ bodyRead, sent, providerReady, replied }: Marks): number {
  if (sent === 0) return between(bodyRead, replied) ?? 0;
  return rounded((between(bodyRead, sent) ?? 0) + (between(providerReady, replied) ?? 0));
}

function between(from: number, to: number): number | null {
  if (from === 0 || to === 0) return null;
  return to > from ? rounded(to - from) : 0;
}

function rounded(milliseconds: number): number {
  return Math.round(milliseconds * 1000) / 1000;
}

/** A name no longer than what is kept of it, and without what nobody may see. */
export function boundedName(name: string): string {
  return withoutAccessKeys(name.length > maxNameCharacters ? detached(name.slice(0, maxNameCharacters)) : name);
}

/** By way of bytes: a slice would keep all of the long text in memory. */
function detached(text: string): string {
  return Buffer.from(text, 'utf16le').toString('utf16le');
}

function text(value: string | null): string {
  return jsonText(value === null ? null : boundedName(value));
}

function tokensJson(tokens: Tokens | null): string {
  if (tokens === null) return 'null';
  return (
    `{"input":${tokens.input},"cache_read":${tokens.cacheRead},"cache_write":${tokens.cacheWrite}` +
    `,"cache_write_1h":${tokens.cacheWrite1h},"output":${tokens.output},"reasoning":${tokens.reasoning}}`
  );
}

function costJson({ picodollars, unpricedReason }: Cost): string {
  if (picodollars !== null) return `,"cost_picodollars":"${picodollars}"`;
  return `,"cost_picodollars":null,"unpriced_reason":${text(unpricedReason)}`;
}

/** The request's cost is its last attempt's: what an earlier one came to is not known. */
function attemptsJson(attempts: readonly Attempt[], costUsd: string): string {
  let json = '[';
  for (let index = 0; index < attempts.length; index++) {
    const { provider, model, status, outcome, ms, cause } = attempts[index]!;
    json +=
      `${index > 0 ? ',' : ''}{"provider":${text(provider)},"status":${status},"outcome":${text(outcome)}` +
      `,"ms":${rounded(ms)},"cost_usd":${index === attempts.length - 1 ? costUsd : 'null'}` +
      `${model === undefined ? '' : `,"model":${text(model)}`}${cause === undefined ? '' : `,"cause":"${cause}"`}}`;
  }
  return `${json}]`;
}

function latencyJson({ read, overhead, firstByte, total }: Latency): string {
  return `{"read":${read},"overhead":${overhead},"first_byte":${firstByte},"total":${total}}`;
}
