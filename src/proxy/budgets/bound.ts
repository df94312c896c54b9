import { codingOf } from '../content-coding.ts';
import type { Call, Target } from '../exchange.ts';
import { headerOf } from '../raw-headers.ts';
import type { ModelHistory } from './learned.ts';

/** What a token can cost at most, in picodollars. */
interface PriceBound {
  readonly input: number;
  readonly output: number;
}

interface PriceQuestion {
  readonly provider: string;
  readonly local: boolean;
  readonly model: string | null;
  /** Unix milliseconds. */
  readonly wallMs: number;
  /** The service tier or speed that it asks for. */
  readonly mode: string | null;
  readonly promptTokens: number;
}

/** The dearest prices of a target; null where nobody knows them. */
export type PriceBoundOf = (question: PriceQuestion) => PriceBound | null;

/** The most that a request can come to at a target. Null: nobody can tell. */
export interface RequestBound {
  readonly tokens: number | null;
  readonly picodollars: number | null;
  /** The same without its output: what is charged where nobody knows whether there was any. */
  readonly inputTokens: number;
  readonly inputPicodollars: number;
}

/** Tools bring instructions of the provider's own, which are billed and not in the body. */
const toolTokens = 1000;
/** How much longer than it came a body can be expected to be that nobody here can decode. */
const inflation = 12;

export interface BoundParts {
  readonly history: ModelHistory;
  readonly priceOf: PriceBoundOf;
  /** Unix milliseconds. */
  readonly wallMs: number;
  /** The output limit that is put into the request, or null. */
  readonly putLimit: number | null;
}

export function requestBound(call: Call, target: Target, parts: BoundParts): RequestBound {
  if (!call.route.endpoint.metered) return unmetered(target);
  const { history, wallMs, putLimit } = parts;
  const inputTokens = history.inputBound(bytesOf(call)) + (call.envelope?.tools ? toolTokens : 0);
  const limit = outputLimitOf(call, putLimit);
  // Bounded before it meets a price: endless output at no price would be no number.
  const output = exact(Math.ceil((limit ?? history.usualOutput()) * (call.envelope?.choices ?? 1)));
  const mode = call.envelope?.serviceTier ?? null;
  const { provider, local, model } = target;
  const price = parts.priceOf({ provider, local, model, wallMs, mode, promptTokens: inputTokens });
  return {
    tokens: exact(inputTokens + output),
    picodollars: price && exact(inputTokens * price.input + output * price.output),
    inputTokens,
    inputPicodollars: price ? exact(inputTokens * price.input) : 0,
  };
}

/** Null: none, so that its output is a guess. What embeds answers with no text. */
function outputLimitOf(call: Call, putLimit: number | null): number | null {
  return call.record.intent.kind === 'embed' ? 0 : (limitOf(call) ?? putLimit);
}

/** Beyond this no amount is exact; no budget has so much either. */
function exact(amount: number): number {
  return Math.min(amount, Number.MAX_SAFE_INTEGER);
}

function unmetered({ local }: Target): RequestBound {
  const picodollars = local ? 0 : null;
  return { tokens: null, picodollars, inputTokens: 0, inputPicodollars: 0 };
}

/** The request's own output limit, where it is one. */
export function limitOf({ envelope }: Call): number | null {
  const limit = envelope?.maxTokens ?? null;
  return limit !== null && limit >= 0 ? limit : null;
}

export function bytesOf({ body, headers, envelope }: Call): number {
  if (body.kind !== 'bytes') return 0;
  if (envelope?.decodedBytes !== undefined) return envelope.decodedBytes;
  const isPlain = codingOf(headerOf(headers, 'content-encoding')) === null;
  return isPlain ? body.bytes.length : body.bytes.length * inflation;
}
